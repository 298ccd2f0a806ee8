# The private Python environment of this checkout, made once from a pinned and hashed lock.
# Sourced by ./hue-infra and ./run-tests, which set $root; `environment run|dev` sets $venv.

say() { # say <Vietnamese> <English>
    case "${HUE_INFRA_LANG:-${LC_ALL:-${LANG:-en}}}" in
        vi*) printf '%s\n' "$1" >&2 ;;
        *) printf '%s\n' "$2" >&2 ;;
    esac
}

find_python() { # the first that serves: the distribution's own is built to be fast and kept mended
    for python in /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
        serves && return 0
    done
    return 1
}

serves() { # whether $python is 3.11 or newer and can make environments
    "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

ensure_python() {
    if [ -n "${HUE_INFRA_PYTHON:-}" ]; then
        python=$HUE_INFRA_PYTHON
        serves && return 0
        say "HUE_INFRA_PYTHON=$python: không phải Python từ 3.11 trở lên có venv; hãy sửa hoặc bỏ biến này" \
            "HUE_INFRA_PYTHON=$python: not a Python of 3.11 or newer with venv; correct it or unset it"
        exit 5
    fi
    find_python && return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "Cài Python 3 và venv…" "Installing Python 3 and venv…"
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv; } >&2
        find_python && return 0
    fi
    say "Cần Python từ 3.11 trở lên có venv; hãy chạy: apt install python3-venv" \
        "Python 3.11 or newer with venv is needed; run: apt install python3-venv"
    exit 5
}

environment() { # environment <run|dev>
    lock="$root/requirements/$1.lock"
    key=$({ cat "$lock" "$root/pyproject.toml"; printf '%s' "$root"; } | sha256sum | cut -c1-12)
    venv="${HUE_INFRA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hue-infra}/python/$1-$key"
    is_complete && return 0
    ensure_python
    mkdir -p "$(dirname "$venv")"
    # Two first calls at once: the second waits for the first, then finds its work done.
    exec 9>"$venv.lock"
    flock 9
    is_complete || build_environment
    exec 9>&-
}

is_complete() { # whether it is there, and for the Python that it was made for; starts none to ask
    [ -e "$venv/complete" ] && [ -x "$venv/bin/python" ] &&
        [ "$(readlink -f "$venv/bin/python")" = "$(cat "$venv/complete")" ]
}

build_environment() {
    say "Chuẩn bị môi trường Python riêng (chỉ một lần, khoảng một phút)…" \
        "Preparing a private Python environment (once, about a minute)…"
    rm -rf "$venv"
    "$python" -m venv "$venv"
    "$venv/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r "$lock" >&2
    "$venv/bin/python" -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e "$root" >&2
    readlink -f "$venv/bin/python" > "$venv/complete"
}
