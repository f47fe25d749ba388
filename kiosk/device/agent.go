package device

import (
	"bytes"
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"anju/server/civic"
)

const (
	// CardWait is how long POST /card-reads waits for a card.
	CardWait = 25 * time.Second

	maxBody      = 8 << 10
	preflightAge = "600"
)

// AgentConfig is what an Agent is made of. All but Emulator must be set.
type AgentConfig struct {
	Origin   string        // of the kiosk's pages, e.g. https://anju.example: the only one that is let in
	Key      crypto.Signer // signs what is read and gives the kiosk its DeviceID
	Reader   *Reader
	Emulator *Emulator // the one behind Reader, to be worked from the page; nil where there is real hardware
	Version  string
	Now      func() time.Time
	Log      *slog.Logger // gets codes and durations, nothing of what is read
}

// Agent is the HTTP door of the devices on a kiosk, for the kiosk's own page and for nobody else: it answers to one
// origin, under a loopback name.
//
//	GET  /status          {"device","version","clock","reader","emulator"}; reader is a State
//	POST /card-reads      {"nonce"}: waits up to CardWait for a card; {"read"}: text for OpenRead
//	GET  /emulator/cards  {"cards":[names],"placed":name or ""}
//	POST /emulator/card   {"name"}: lays that card on the reader; "" takes the card away; answers like the line above
//
// A nonce is base64url without padding, MinNonce to MaxNonce bytes. Every error is {"status","code"} as
// application/problem+json, its code one of the card_ and reader_ codes or a request_ code.
type Agent struct {
	config AgentConfig
	id     string
	mux    http.Handler
}

// NewAgent checks the configuration; it touches no device.
func NewAgent(config AgentConfig) (*Agent, error) {
	if err := checkOrigin(config.Origin, config.Emulator != nil); err != nil {
		return nil, err
	}
	if config.Key == nil || config.Reader == nil || config.Version == "" || config.Now == nil || config.Log == nil {
		return nil, errors.New("device: agent without key, reader, version, clock or log")
	}
	id, err := DeviceID(config.Key.Public())
	if err != nil {
		return nil, err
	}
	a := &Agent{config: config, id: id}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /status", a.status)
	mux.HandleFunc("POST /card-reads", a.readCard)
	if config.Emulator != nil {
		mux.HandleFunc("GET /emulator/cards", a.emulatorCards)
		mux.HandleFunc("POST /emulator/card", a.emulatorPlace)
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		problem(w, http.StatusNotFound, "request_path")
	})
	a.mux = mux
	return a, nil
}

// checkOrigin wants scheme://host[:port] and nothing else: https, or http on this machine. An emulator signs whatever
// it is told to, so it may only work for pages that come from this machine too.
func checkOrigin(origin string, emulated bool) error {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || u.Scheme+"://"+u.Host != origin {
		return fmt.Errorf("device: origin %q is not of the form https://host", origin)
	}
	if u.Scheme != "https" && !(u.Scheme == "http" && isLoopback(u.Hostname())) {
		return fmt.Errorf("device: origin %q is neither https nor on this machine", origin)
	}
	if emulated && !isLoopback(u.Hostname()) {
		return fmt.Errorf("device: the emulated reader serves only pages from this machine, not %q", origin)
	}
	return nil
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

func (a *Agent) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Vary", "Origin")
	// A name that an attacker's DNS points at 127.0.0.1 arrives here as Host.
	host := url.URL{Host: r.Host}
	if !isLoopback(host.Hostname()) {
		problem(w, http.StatusMisdirectedRequest, "request_host")
		return
	}
	origin := r.Header.Get("Origin")
	if origin != a.config.Origin && (origin != "" || r.Method != http.MethodGet) {
		problem(w, http.StatusForbidden, "request_origin")
		return
	}
	if origin != "" {
		header.Set("Access-Control-Allow-Origin", a.config.Origin)
	}
	if r.Method == http.MethodOptions {
		header.Set("Access-Control-Allow-Methods", "GET, POST")
		header.Set("Access-Control-Allow-Headers", "Content-Type")
		header.Set("Access-Control-Max-Age", preflightAge)
		if r.Header.Get("Access-Control-Request-Private-Network") == "true" {
			header.Set("Access-Control-Allow-Private-Network", "true") // Chromium, for public page to loopback
		}
		w.WriteHeader(http.StatusNoContent)
		return
	}
	a.mux.ServeHTTP(w, r)
}

func (a *Agent) status(w http.ResponseWriter, _ *http.Request) {
	answer(w, struct {
		Device   string `json:"device"`
		Version  string `json:"version"`
		Clock    string `json:"clock"`
		Reader   State  `json:"reader"`
		Emulator bool   `json:"emulator"`
	}{a.id, a.config.Version, a.config.Now().In(civic.Zone).Format(time.RFC3339), a.config.Reader.State(), a.config.Emulator != nil})
}

func (a *Agent) readCard(w http.ResponseWriter, r *http.Request) {
	var request struct {
		Nonce string `json:"nonce"`
	}
	if !question(w, r, &request) {
		return
	}
	nonce, ok := decodeText(request.Nonce)
	if !ok || len(nonce) < MinNonce || len(nonce) > MaxNonce {
		problem(w, http.StatusUnprocessableEntity, "request_nonce")
		return
	}
	started := time.Now()
	ctx, cancel := context.WithTimeout(r.Context(), CardWait)
	defer cancel()
	card, err := a.config.Reader.ReadCard(ctx)
	waited := slog.Duration("waited", time.Since(started).Round(time.Millisecond))
	if err != nil {
		fault := &Fault{Code: ReaderFault, Cause: err}
		errors.As(err, &fault)
		a.config.Log.Info("card not read", "code", string(fault.Code), "cause", fmt.Sprint(fault.Cause), waited)
		problem(w, fault.httpStatus(), string(fault.Code))
		return
	}
	text, err := Read{Nonce: nonce, At: a.config.Now(), Card: card}.Sign(a.config.Key)
	if err != nil {
		a.config.Log.Error("card read not signed", "cause", err.Error(), waited)
		problem(w, http.StatusInternalServerError, "request_failed")
		return
	}
	a.config.Log.Info("card read", waited)
	answer(w, struct {
		Read string `json:"read"`
	}{text})
}

// httpStatus: what the person can mend is a conflict, what the kiosk lacks is unavailable.
func (f *Fault) httpStatus() int {
	switch f.Code {
	case ReaderOff, ReaderFault, ReaderGarble, ReaderBusy:
		return http.StatusServiceUnavailable
	default:
		return http.StatusConflict
	}
}

func (a *Agent) emulatorCards(w http.ResponseWriter, _ *http.Request) {
	answer(w, struct {
		Cards  []string `json:"cards"`
		Placed string   `json:"placed"`
	}{a.config.Emulator.Cards(), a.config.Emulator.Placed()})
}

func (a *Agent) emulatorPlace(w http.ResponseWriter, r *http.Request) {
	var request struct {
		Name string `json:"name"`
	}
	if !question(w, r, &request) {
		return
	}
	if request.Name == "" {
		a.config.Emulator.Remove()
	} else if !a.config.Emulator.Place(request.Name) {
		problem(w, http.StatusUnprocessableEntity, "request_card")
		return
	}
	a.emulatorCards(w, r)
}

// question reads a JSON body strictly, or answers why not.
func question(w http.ResponseWriter, r *http.Request, into any) bool {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		problem(w, http.StatusUnsupportedMediaType, "request_type")
		return false
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		if errors.As(err, new(*http.MaxBytesError)) {
			problem(w, http.StatusRequestEntityTooLarge, "request_size")
		} else {
			problem(w, http.StatusBadRequest, "request_json")
		}
		return false
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if decoder.Decode(into) != nil || decoder.Decode(new(json.RawMessage)) != io.EOF {
		problem(w, http.StatusBadRequest, "request_json")
		return false
	}
	return true
}

func answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body) // fails only when the page has gone
}

func problem(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(struct {
		Status int    `json:"status"`
		Code   string `json:"code"`
	}{status, code})
}
