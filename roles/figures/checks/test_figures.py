"""What is true on a machine that has the role ``figures``."""

CERTIFIED = (
    "--cacert /etc/hue-pki/ca.crt --cert /etc/hue-pki/live/machine.crt "
    "--key /etc/hue-pki/live/machine.key"
)


def asked(host, variables, options):
    url = f"https://{variables['figures_address']}:{variables['figures_port']}/metrics"
    return host.run(f"curl --silent --show-error --max-time 10 {options} {url}")


def test_service_runs_and_starts_with_the_machine(host):
    assert host.service("prometheus-node-exporter").is_running
    assert host.service("prometheus-node-exporter").is_enabled


def test_figures_are_told_to_holders_of_a_certificate(host, variables):
    told = asked(host, variables, CERTIFIED)

    assert told.rc == 0, told.stderr
    for name in (
        "node_cpu_seconds_total",
        "node_memory_MemAvailable_bytes",
        "node_filesystem_avail_bytes",
        'node_systemd_unit_state{name="systemd-journald.service",state="active"',
        "node_timex_sync_status",
    ):
        assert name in told.stdout


def test_nobody_else_is_told_anything(host, variables):
    told = asked(host, variables, "--cacert /etc/hue-pki/ca.crt")

    assert told.rc
    assert "node_" not in told.stdout


def test_it_listens_on_the_declared_address_alone(host, variables):
    listening = host.check_output(f"ss -lntH sport = :{variables['figures_port']}").splitlines()
    there = [line.split()[3] for line in listening]

    assert there == [f"{variables['figures_address']}:{variables['figures_port']}"]


def test_it_has_none_of_roots_powers(host):
    pid = host.service("prometheus-node-exporter").systemd_properties["MainPID"]

    assert "CapBnd:\t0000000000000000" in host.file(f"/proc/{pid}/status").content_string
