package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

var keys = map[string]string{clerk: "a", prover: "b", "river": "c", "air": "d"}

// shore is a server with two devices of which each may say what it measures itself.
type shore struct {
	*world
	mqtt string
}

func beginShore(t *testing.T) *shore {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	_ = free.Close()
	user := func(name string) string {
		return fmt.Sprintf(`{ user: %s, password: $PASSWORD_%s, allowed_connection_types: [MQTT],
		  permissions { publish { allow: ["devices.%s.*"] }, subscribe { deny: [">"] } } }`, name, name, name)
	}
	w := beginWith(t, keys, func(w *world) string {
		return fmt.Sprintf(`mqtt { listen: "127.0.0.1:%d", tls %s }
		accounts { devices { jetstream: enabled, users: [
		  { user: keeper, password: $PASSWORD_keeper, allowed_connection_types: [STANDARD] },
		  %s, %s, %s ] } }`, port, w.tls(), user("river"), user("air"), user(prover))
	})
	return &shore{w, fmt.Sprintf("ssl://localhost:%d", port)}
}

func (s *shore) readings() *readings {
	high := 3.5
	return newReadings(field{
		Server: s.url(), Mqtt: s.mqtt,
		Stream: jetstream.StreamConfig{Name: "readings", Subjects: []string{"readings.>"}, Replicas: 1},
		Devices: []device{
			{Name: "river", Place: "Kim Long", Every: 60, Quantities: []quantity{
				{Name: "level", Unit: "m", Usual: 0.5, Limits: []limit{{Name: "III", Severity: "critical", Above: &high}}},
			}},
			{Name: "air", Place: "Huế", Every: 60, Quantities: []quantity{{Name: "pm25", Unit: "µg/m³", Usual: 20}}},
		},
	}, s.passwords, s.certificates)
}

// keeping runs what keeps readings until it is asked to stop.
func (s *shore) keeping() (*readings, func()) {
	s.t.Helper()
	r := s.readings()
	r.Pass(s.t.Context())
	if lacks := r.Lacks(); len(lacks) > 0 {
		s.t.Fatal(lacks)
	}
	return r, func() { r.consuming.Stop(); r.connection.Close() }
}

func (s *shore) says(name, topic string, quality byte, said string) error {
	s.t.Helper()
	client, err := s.dial(name)
	if err != nil {
		s.t.Fatal(err)
	}
	defer hangUp(client)
	return done(client.Publish(topic, quality, false, said))
}

func (s *shore) dial(name string) (mqtt.Client, error) {
	return dial(s.mqtt, name, s.passwords, s.certificates)
}

func (r *readings) shown() string {
	answer := httptest.NewRecorder()
	promhttp.HandlerFor(r.figures.registry, promhttp.HandlerOpts{}).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/", nil))
	return answer.Body.String()
}

func (s *shore) shows(r *readings, line string) {
	s.t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if strings.Contains(r.shown(), line+"\n") {
			return
		}
	}
	s.t.Fatalf("%s is not in\n%s", line, r.shown())
}

const level = `iot_reading{device="river",place="Kim Long",quantity="level",unit="m"} `

func TestWhatADeviceSaysIsKeptAndShownBesideItsLimits(t *testing.T) {
	s := beginShore(t)
	r, stop := s.keeping()
	defer stop()
	for quality, said := range []string{"1.25", `{"value": 1.5}`, " 1.75\n"} {
		if err := s.says("river", "devices/river/level", byte(quality), said); err != nil {
			t.Fatal(err)
		}
		s.shows(r, fmt.Sprint(level, 1.25+float64(quality)/4))
	}
	s.shows(r, `iot_readings_total{device="river",quantity="level"} 3`)
	s.shows(r, `iot_limit{bound="above",device="river",limit="III",place="Kim Long",quantity="level",severity="critical",unit="m"} 3.5`)
	s.shows(r, `iot_interval_seconds{device="air",quantity="pm25"} 60`)
	if strings.Contains(r.shown(), `iot_reading{device="air"`) {
		t.Fatal("a device that said nothing has a reading")
	}
}

func TestWhatWasAcknowledgedIsKeptThoughNobodyKeptItJustThen(t *testing.T) {
	s := beginShore(t)
	_, stop := s.keeping()
	stop()
	for _, said := range []string{"1", "2", "3"} {
		if err := s.says("river", "devices/river/level", 1, said); err != nil {
			t.Fatal(err)
		}
	}
	r, stop := s.keeping()
	s.shows(r, level+"3")
	s.shows(r, `iot_readings_total{device="river",quantity="level"} 3`)
	stop()
	again, stop := s.keeping()
	defer stop()
	s.shows(again, level+"3")
	s.shows(again, `iot_readings_total{device="river",quantity="level"} 0`)
}

func TestADeviceSpeaksForItselfAlone(t *testing.T) {
	s := beginShore(t)
	r, stop := s.keeping()
	defer stop()
	_ = s.says("air", "devices/river/level", 1, "9")
	_ = s.says("air", "readings/river/level", 1, "9")
	_ = s.says("air", "$JS/API/STREAM/DELETE/readings", 1, "")
	client, err := s.dial("air")
	if err != nil {
		t.Fatal(err)
	}
	defer hangUp(client)
	heard := make(chan string, 1)
	subscribed := client.Subscribe("devices/#", 1, func(_ mqtt.Client, m mqtt.Message) { heard <- m.Topic() }).(*mqtt.SubscribeToken)
	if err := done(subscribed); err == nil && subscribed.Result()["devices/#"] < 0x80 {
		t.Fatal("it may hear the others")
	}
	if err := s.says("river", "devices/river/level", 1, "1"); err != nil {
		t.Fatal(err)
	}
	s.shows(r, level+"1")
	s.shows(r, `iot_readings_total{device="river",quantity="level"} 1`)
	select {
	case topic := <-heard:
		t.Fatal(topic)
	default:
	}
}

func TestWithoutItsPasswordNoDeviceComesIn(t *testing.T) {
	s := beginShore(t)
	for _, wrong := range []string{"x", ""} {
		s.write(s.passwords+"/river", wrong)
		if _, err := s.dial("river"); err == nil {
			t.Fatalf("%q lets it in", wrong)
		}
	}
	if _, err := s.connect("river", keys["river"]); err == nil {
		t.Fatal("a device comes in by the other protocol")
	}
}

func TestWhatIsNoReadingIsCountedAndTheRestGoesOn(t *testing.T) {
	s := beginShore(t)
	r, stop := s.keeping()
	defer stop()
	later := time.Now().Add(time.Hour).Format(time.RFC3339)
	refused := []string{"", "high", "NaN", "+Inf", "{}", `{"value": "1"}`, fmt.Sprintf(`{"value": 1, "at": %q}`, later)}
	for _, said := range refused {
		if err := s.says("river", "devices/river/level", 1, said); err != nil {
			t.Fatal(err)
		}
	}
	_ = s.says("river", "devices/river/colour", 1, "1")
	if err := s.says("river", "devices/river/level", 1, "2"); err != nil {
		t.Fatal(err)
	}
	s.shows(r, level+"2")
	s.shows(r, fmt.Sprintf(`iot_refused_total{device="river"} %d`, len(refused)+1))
	s.shows(r, `iot_readings_total{device="river",quantity="level"} 1`)
}

func TestALateReadingIsKeptBehindTheNewest(t *testing.T) {
	s := beginShore(t)
	r, stop := s.keeping()
	defer stop()
	for _, said := range []string{`{"value": 2}`, `{"value": 1, "at": "2026-01-01T00:00:00+07:00"}`} {
		if err := s.says("river", "devices/river/level", 1, said); err != nil {
			t.Fatal(err)
		}
	}
	s.shows(r, `iot_readings_total{device="river",quantity="level"} 2`)
	s.shows(r, level+"2")
}

func TestRemovedConsumerIsMadeAgain(t *testing.T) {
	s := beginShore(t)
	r, stop := s.keeping()
	defer stop()
	if err := r.api.DeleteConsumer(t.Context(), arrived, clerk); err != nil {
		t.Fatal(err)
	}
	<-r.consuming.Closed()
	r.Pass(t.Context())
	if err := s.says("river", "devices/river/level", 1, "4"); err != nil {
		t.Fatal(err)
	}
	s.shows(r, level+"4")
}

func TestReadingIsProvenAndNotWhereNobodyKeepsIt(t *testing.T) {
	s := beginShore(t)
	within, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	_, stop := s.keeping()
	for word, what := range map[string]string{"kept": "reading", "current": "copies"} {
		if said, err := s.readings().prove(within, []string{what}); said != word || err != nil {
			t.Fatal(said, err)
		}
	}
	stop()
	short, cut := context.WithTimeout(t.Context(), time.Second)
	defer cut()
	if _, err := s.readings().prove(short, []string{"reading"}); err == nil {
		t.Fatal("proven, and nobody kept it")
	}
}

func TestSimulatedDevicesSayWhatIsUsualWhenTheirTimeHasCome(t *testing.T) {
	s := beginShore(t)
	r, stop := s.keeping()
	defer stop()
	simulated := newSimulation(r.field, s.passwords, s.certificates)
	for range 2 {
		simulated.Pass(t.Context())
		if lacks := simulated.Lacks(); len(lacks) > 0 {
			t.Fatal(lacks)
		}
	}
	s.shows(r, `iot_readings_total{device="air",quantity="pm25"} 1`)
	stream, err := r.api.Stream(t.Context(), "readings")
	if err != nil {
		t.Fatal(err)
	}
	last, err := stream.GetLastMsgForSubject(t.Context(), subject("air", "pm25"))
	if err != nil {
		t.Fatal(err)
	}
	var one reading
	if err := json.Unmarshal(last.Data, &one); err != nil || one.Value < 18 || one.Value > 22 {
		t.Fatal(string(last.Data), err)
	}
	s.write(s.passwords+"/air", "x")
	wrong := newSimulation(r.field, s.passwords, s.certificates)
	wrong.Pass(t.Context())
	if said := strings.Join(wrong.Lacks(), ""); !strings.HasPrefix(said, "air: ") {
		t.Fatal(said)
	}
}

func TestDeclaredDevicesAreReadAsTheChartWritesThem(t *testing.T) {
	path := t.TempDir() + "/devices.json"
	w := &world{t: t}
	w.write(path, `{"server": "tls://a:4222", "mqtt": "ssl://a:8883", "stream": {"name": "readings", "max_age": 86400000000000},
	  "devices": [{"name": "river", "every": 300, "quantities": [{"name": "level", "limits": [{"name": "low", "severity": "warning", "below": 0}]}]}]}`)
	found, err := read[field](path)
	if err != nil {
		t.Fatal(err)
	}
	one := found.Devices[0].Quantities[0].Limits[0]
	if bound, value := one.bound(); bound != "below" || value != 0 || found.Stream.MaxAge != 24*time.Hour {
		t.Fatal(bound, value, found.Stream.MaxAge)
	}
	w.write(path, "{")
	if _, err := read[field](path); err == nil || !strings.Contains(err.Error(), "devices.json") {
		t.Fatal(err)
	}
}
