module hue-infra/keeping

go 1.26.0
