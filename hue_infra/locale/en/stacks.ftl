### Stacks: what is built and how it is opened.

passphrase-ask = Passphrase of stack { $stack }:
passphrase-missing = The state of stack { $stack } is encrypted and there is no passphrase to open it.
passphrase-missing-hint = set { $variable }, or put the key file back at { $path }
passphrase-made = A new key for this stack's secrets was made: { $path }. Keep a copy elsewhere: without it the stack's secrets cannot be read.
no-authority = this province has no certificate authority
no-authority-hint = give one machine the role pki in the province file and run “hue-infra up”
endpoint-note = (with a line “{ $address } { $host }” in /etc/hosts; in the province: https://{ $host }/)
config-date = the configuration hue-infra:date is no day: { $value }; write year-month-day, such as 2022-01-05
pack-configs = there are { $packs } policy packs and { $configs } files of settings; give one file for each pack, or none
