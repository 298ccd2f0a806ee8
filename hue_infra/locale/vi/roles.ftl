ansible-broke = Ansible không chạy được đến cùng; những dòng cuối nó báo:
