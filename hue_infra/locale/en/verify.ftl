### What is verified.

resolve = the name resolves by the province's own DNS
page = the page comes over HTTPS, trusted by the province's authority
log = a line logged here arrives at the log server
clock = the clock is synchronised
flow = a declared flow passes
no-flow = what no flow names is dropped
machine = the machine is as its roles make it
