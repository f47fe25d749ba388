package main

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"anju/kiosk/device"
	"anju/server/notify"
	"anju/server/office"
	"anju/server/store"
)

// serve runs the office until the context ends.
func serve(ctx context.Context, c config, rest []string, out io.Writer, log *slog.Logger) error {
	if len(rest) > 0 {
		return fmt.Errorf("serve takes settings only, not %q", rest[0])
	}
	if c.clock != "" || c.demoPassword != "" {
		return errors.New("clock and demo-password belong to the demo only")
	}
	h, err := openHouse(ctx, c, clock{}, false, log)
	if err != nil {
		return err
	}
	keys, err := kioskKeys(c.kioskKeys)
	if err != nil {
		return errors.Join(err, h.close())
	}
	return h.open(ctx, c, keys, log, func() { fmt.Fprintf(out, "Anju is open on %s\n", c.origin) })
}

// kioskKeys reads the public keys of enrolled kiosks.
func kioskKeys(list string) (device.Keys, error) {
	var keys []crypto.PublicKey
	for one := range strings.SplitSeq(list, ",") {
		if one = strings.TrimSpace(one); one == "" {
			continue
		}
		key, err := device.ParsePublicKey(one)
		if err != nil {
			return nil, fmt.Errorf("kiosk-keys: %w", err)
		}
		keys = append(keys, key)
	}
	return device.Trust(keys...)
}

// stopWithin is how long a stop may take: open requests end, nothing new begins.
const stopWithin = 15 * time.Second

// open serves the counters and the administrator's address, and does the house's chores, until the context ends or something breaks.
// Then it stops in order: counters, chores, store, database.
func (h *house) open(ctx context.Context, c config, keys device.Keys, log *slog.Logger, opened func()) (err error) {
	defer func() { err = errors.Join(err, h.close()) }()
	site, err := newSite(c, h.office, keys, log)
	if err != nil {
		return err
	}
	public, err := net.Listen("tcp", c.addr)
	if err != nil {
		return fmt.Errorf("addr: %w", err)
	}
	private, err := net.Listen("tcp", c.adminAddr)
	if err != nil {
		return errors.Join(fmt.Errorf("admin-addr: %w", err), public.Close())
	}
	broken := make(chan error, 3)
	admin := &http.Server{Handler: adminPages(), ReadTimeout: 5 * time.Second, WriteTimeout: 2 * time.Minute}
	go func() { broken <- admin.Serve(private) }()
	go func() { broken <- site.Serve(public) }()
	chores, done := h.chores(ctx, c, log)
	opened()
	select {
	case <-ctx.Done():
	case err = <-broken:
	case err = <-h.databaseGone():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	err = errors.Join(ignoreClosed(err), site.Shutdown(stop), admin.Close())
	chores()
	<-done
	return err
}

func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// databaseGone tells when the embedded database has ended under us.
func (h *house) databaseGone() <-chan error {
	if h.cluster == nil {
		return nil
	}
	return h.cluster.Exited()
}

// choresEvery is how often the house tidies up.
const choresEvery = time.Hour

// chores delivers texts, publishes status lists, runs the daily job and deletes forgotten drafts in the background. It returns how to stop it and a channel that tells when it has.
func (h *house) chores(ctx context.Context, c config, log *slog.Logger) (stop func(), done <-chan struct{}) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	finished := make(chan struct{})
	delivered := make(chan struct{})
	ruled := make(chan struct{})
	published := make(chan struct{})
	go func() {
		defer close(published)
		keepProof(ctx, h.office, log)
	}()
	go func() {
		defer close(ruled)
		runDaily(ctx, h.office.Clock, dailyJob(h.office, log), sleep)
	}()
	go func() {
		defer close(delivered)
		if c.smsURL != "" {
			gateway := notify.Gateway{URL: c.smsURL, Client: &http.Client{Timeout: 10 * time.Second}}
			outbox := store.Outbox{Log: log, Deliver: func(ctx context.Context, id string) (time.Duration, error) { return h.office.Deliver(ctx, gateway, id) }}
			if err := outbox.Run(ctx, h.store); err != nil {
				log.Error("texts are not delivered", "err", err)
			}
		}
	}()
	go func() {
		defer close(finished)
		defer func() { <-delivered; <-ruled; <-published }()
		tidy(ctx, h.office, log)
	}()
	return cancel, finished
}

// keepProof keeps the keys, the published status lists and the ledger's trees up to the record.
func keepProof(ctx context.Context, o *office.Office, log *slog.Logger) {
	for sleep(ctx, office.PublishEvery) {
		if err := o.KeepKeys(ctx); err != nil && ctx.Err() == nil {
			log.Error("the signing keys could not be read", "err", err)
		}
		if _, err := o.PublishStatus(ctx); err != nil && ctx.Err() == nil {
			log.Error("the status lists could not be published", "err", err)
		}
		if _, err := o.SealLedger(ctx); err != nil && ctx.Err() == nil {
			log.Error("the ledger could not be sealed", "err", err)
		}
	}
}

func tidy(ctx context.Context, o *office.Office, log *slog.Logger) {
	for {
		if n, err := o.Tidy(ctx); err != nil && ctx.Err() == nil {
			log.Error("what has served could not be deleted", "err", err)
		} else if n > 0 {
			log.Info("what has served was deleted", "rows", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(choresEvery):
		}
	}
}

// adminPages are for the administrator's own machine: metrics and profiles.
func adminPages() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/metrics", promhttp.Handler())
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	return mux
}
