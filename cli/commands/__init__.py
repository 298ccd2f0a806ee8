"""The commands, one module each; `hue_infra.cli.main` imports a module when it is used."""
