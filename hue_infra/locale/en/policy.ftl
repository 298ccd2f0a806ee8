### What the engine says of policy packs.

config = The configuration { $file } of a policy pack cannot be used: { $problem }
config-object = it is not a JSON object
config-environments = The configuration { $file } names environments of Pulumi Cloud, which this engine does not support; give their values in the file itself.
config-value = { $policy } must be a level or an object
config-level = { $level } is no enforcement level ({ $policy }); use advisory, mandatory, remediate or disabled
config-invalid = validating policy config: { $pack } { $version }
failed = policy pack { $pack } failed:
no-config = The policy pack { $pack } takes no configuration.
no-info = policy pack { $pack } does not say what is in it
not-begun = policy pack { $pack } was asked before it was started
no-project = { $folder } holds no policy pack: it has no { $file }.
no-python = The policy pack { $pack } wants the virtual environment { $path }, which is not there.
runtime = this engine runs policy packs written in Python, not { $runtime }
main = this engine does not support main in a policy pack: name the program __main__.py
start = policy pack { $pack } did not start:
