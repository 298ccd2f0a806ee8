package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"hue-infra/keeping"
)

const (
	clerk   = "keeper" // the user that reads what devices say, and keeps it
	topics  = "devices.>"
	unheard = 30 * time.Second // after which a message is handed on again
	unasked = "0"              // the quality of service of who asks for no acknowledgement
)

// Names that NATS gives to what comes by MQTT.  A message whose sender asks for an acknowledgement
// lies in this stream, on the disks of most servers, before it is given.
// Source: nats-server, server/mqtt.go.
const (
	arrived  = "$MQTT_msgs"
	arrivals = "$MQTT.msgs."
	quality  = "Nmqtt-Pub" // the header that begins with the quality of service
)

// readings takes up what devices say, keeps it in a stream, and tells the last of each quantity.
type readings struct {
	field                   field
	passwords, certificates string

	figures    *figures
	connection *nats.Conn
	api        jetstream.JetStream
	consuming  jetstream.ConsumeContext
	declared   bool
	*keeping.Keeper
}

func newReadings(field field, passwords, certificates string) *readings {
	r := &readings{
		field: field, passwords: passwords, certificates: certificates,
		figures: newFigures(field.Devices, time.Now()),
	}
	r.Keeper = keeping.New(fmt.Sprintf("%d devices", len(field.Devices)), stale, r.pass)
	return r
}

// Answer serves the probes, and the figures to whoever watches; it returns when it cannot.
func (r *readings) Answer(listen string) error {
	mux := http.NewServeMux()
	mux.Handle("/", r.Handler())
	mux.Handle("GET /metrics", promhttp.HandlerFor(r.figures.registry, promhttp.HandlerOpts{}))
	server := &http.Server{Addr: listen, Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	return server.ListenAndServe()
}

// pass has the stream be as declared and what arrives be taken up, and says what lacks.
func (r *readings) pass(asked context.Context) []string {
	within, cancel := context.WithTimeout(asked, patience)
	defer cancel()
	if err := r.settle(within); err != nil {
		return []string{err.Error()}
	}
	return nil
}

func (r *readings) settle(within context.Context) error {
	if err := r.speak(); err != nil {
		return err
	}
	err := r.declare(within)
	if err == nil {
		err = r.take(within)
	}
	if err == nil {
		err = current(within, r.api, r.field.Stream)
	}
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		r.declared = false
	}
	return err
}

// speak connects, once, and listens to those who do not ask whether they were heard.
func (r *readings) speak() error {
	if r.connection != nil {
		return nil
	}
	connection, err := connect(r.field.Server, clerk, filepath.Join(r.passwords, clerk), r.certificates)
	if err != nil {
		return err
	}
	if r.api, err = jetstream.New(connection); err == nil {
		_, err = connection.Subscribe(topics, r.heard)
	}
	if err != nil {
		connection.Close()
		return err
	}
	r.connection = connection
	return nil
}

// declare has, once, the streams be there: that of what arrives, and that of what is kept.
func (r *readings) declare(within context.Context) error {
	if r.declared {
		return nil
	}
	if _, err := r.api.Stream(within, arrived); errors.Is(err, jetstream.ErrStreamNotFound) {
		// The servers make it when the first device comes.
		if err := r.knock(); err != nil {
			return err
		}
	}
	if _, err := r.api.CreateOrUpdateStream(within, r.field.Stream); err != nil {
		return err
	}
	r.remember(within)
	r.declared = true
	return nil
}

// take hands on what arrives, and first what had arrived before; it begins anew where the servers
// have ended it, such as when somebody removed the consumer.
func (r *readings) take(within context.Context) error {
	if r.consuming != nil {
		select {
		case <-r.consuming.Closed():
		default:
			return nil
		}
	}
	consumer, err := r.api.CreateOrUpdateConsumer(within, arrived, jetstream.ConsumerConfig{
		Durable:       clerk,
		FilterSubject: arrivals + topics,
		AckPolicy:     jetstream.AckExplicitPolicy,
		AckWait:       unheard,
	})
	if err == nil {
		r.consuming, err = consumer.Consume(r.kept)
	}
	return err
}

// remember takes the last reading of each quantity out of the stream.
func (r *readings) remember(within context.Context) {
	stream, err := r.api.Stream(within, r.field.Stream.Name)
	if err != nil {
		return
	}
	for _, device := range r.field.Devices {
		for _, quantity := range device.Quantities {
			last, err := stream.GetLastMsgForSubject(within, subject(device.Name, quantity.Name))
			if err != nil {
				continue
			}
			var one reading
			if json.Unmarshal(last.Data, &one) == nil {
				r.figures.note(device.Name, quantity.Name, one)
			}
		}
	}
}

// kept hands on a message that the servers hold until this has it in the stream.
func (r *readings) kept(message jetstream.Msg) {
	about, err := message.Metadata()
	if err != nil {
		return
	}
	id := fmt.Sprintf("%d-%d", about.Timestamp.UnixNano(), about.Sequence.Stream)
	topic := strings.TrimPrefix(message.Subject(), arrivals)
	if err := r.write(topic, message.Data(), about.Timestamp, jetstream.WithMsgID(id)); err != nil {
		log.Printf("%s: not kept yet: %v", topic, err)
		_ = message.NakWithDelay(time.Second)
		return
	}
	_ = message.Ack()
}

// heard hands on a message of a device that does not ask whether it arrived.
func (r *readings) heard(message *nats.Msg) {
	if strings.HasPrefix(message.Header.Get(quality), unasked) {
		if err := r.write(message.Subject, message.Data, time.Now()); err != nil {
			log.Printf("%s: lost: %v", message.Subject, err)
		}
	}
}

// write keeps a reading; what is none is counted, and no error: to say it again makes it no better.
func (r *readings) write(topic string, said []byte, came time.Time, options ...jetstream.PublishOpt) error {
	_, rest, _ := strings.Cut(topic, ".")
	device, quantity, _ := strings.Cut(rest, ".")
	if device != prover && !r.figures.knows(device, quantity) {
		r.figures.refuse(device, "not declared", quantity)
		return nil
	}
	one, err := parse(said, came)
	if err != nil {
		r.figures.refuse(device, err.Error(), string(said))
		return nil
	}
	text, err := json.Marshal(one)
	if err != nil {
		return err
	}
	within, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if _, err := r.api.Publish(within, subject(device, quantity), text, options...); err != nil {
		return err
	}
	r.figures.take(device, quantity, one)
	return nil
}

func subject(device, quantity string) string {
	return "readings." + device + "." + quantity
}
