ansible-broke = Ansible did not run to its end; the last lines it said:
