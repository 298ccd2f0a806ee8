### What is verified.

resolve = the name resolves by the province's own DNS
page = the page comes over HTTPS, trusted by the province's authority
log = a line logged here arrives at the log server
tenant = a tenant opens its own database over TLS and PostGIS answers
copy = a copy of the database has what is written before it is acknowledged
backup = the database has a backup as young as promised
stream = the broker has the stream that was declared
replicas = all replicas of the broker's streams are up to date
watched = all that is to be watched answers
pages = every published page opens, as a visitor would open it
alerts = alerts arrive where they are told on
message = the broker acknowledges a message and gives it back
reading = what a device says is acknowledged and kept
copies = all copies of what devices said are up to date
provider = the gateway comes to the provider of a service, and is known there
contract = whoever has no contract for a service is refused it
bucket = the object store has the bucket that was declared, with its lock
object = the object store keeps an object and gives it back
lock = an object under lock is removed by nobody
clock = the clock is synchronised
flow = a declared flow passes
no-flow = what no flow names is dropped
machine = the machine is as its roles make it
