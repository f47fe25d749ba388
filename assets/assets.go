// Package assets holds what every counter shares with the browser: the style
// sheets, the small script modules and the images, embedded in the program.
//
// A name ("portal.css", "js/once.js", "images/mark.svg") is turned by [URL]
// into a path that carries a checksum of the content, so that the server may
// let browsers keep it for ever; [Open] gives the content back for that path.
//
// The style sheets of a counter are one file each: the sources in css/ are
// joined in the order of the cascade layers named in [bundles]. A counter that
// brings files of its own (the kiosk does) hands them over with [Register].
package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base32"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
)

//go:embed css/*.css js/*.js images vendor
var files embed.FS

// Prefix begins every path that [URL] gives.
const Prefix = "/assets/"

// layers stands first in every bundle and fixes which layer wins; print is
// last because paper must override every counter.
const layers = "@layer tokens, base, parts, counter, print;"

// shared are the sources that every bundle has, before the counter's own.
var shared = []string{"tokens", "base", "frame", "question", "answer"}

// bundles names, for each style sheet that is served, the sources that follow
// the shared ones.
var bundles = map[string][]string{
	"portal.css":  {"permit", "verdict", "entitlement", "receipt", "portal", "print"},
	"console.css": {"permit", "console", "print"},
	"kiosk.css":   {"permit", "verdict", "entitlement", "receipt", "kiosk", "print"},
}

// asset is one served file. The compressed forms are made on first demand,
// because tests and commands that serve nothing should not pay for them.
type asset struct {
	path        string
	body        []byte
	contentType string
	gzip        func() []byte
	brotli      func() []byte
}

// The two indexes are written by init functions only, and read afterwards.
var (
	byName = map[string]*asset{}
	byPath = map[string]*asset{}
)

func init() {
	for _, dir := range []string{"images", "js", "vendor"} {
		err := fs.WalkDir(files, dir, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			body, err := files.ReadFile(name)
			if err == nil {
				Register(name, body)
			}
			return err
		})
		if err != nil {
			panic(fmt.Sprintf("assets: embedded %s: %v", dir, err))
		}
	}
	for name, own := range bundles {
		css := []byte(layers)
		for _, source := range append(append([]string{}, shared...), own...) {
			body, err := files.ReadFile("css/" + source + ".css")
			if err != nil {
				panic(fmt.Sprintf("assets: bundle %s: %v", name, err))
			}
			css = append(css, body...)
		}
		Register(name, css)
	}
}

// Register adds a file under a name that [URL] then knows. It is called from
// init functions only; a name that is taken or a type that the server does not
// serve is a mistake of the programmer and panics. In a style sheet,
// url(images/x.svg) may name any image of this package.
func Register(name string, body []byte) {
	if _, taken := byName[name]; taken {
		panic("assets: registered twice: " + name)
	}
	contentType, ok := contentTypes[path.Ext(name)]
	if !ok {
		panic("assets: no content type for " + name)
	}
	switch path.Ext(name) {
	case ".css":
		body = minifyCSS(linkImages(body))
	case ".js":
		if !strings.HasPrefix(name, "vendor/") {
			body = minifyJS(body)
		}
	}
	sum := sha256.Sum256(body)
	hash := strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:12])
	a := &asset{path: Prefix + hash + "/" + name, body: body, contentType: contentType}
	a.gzip = sync.OnceValue(func() []byte { return worth(a, gzipped) })
	a.brotli = sync.OnceValue(func() []byte { return worth(a, brotlied) })
	byName[name], byPath[a.path] = a, a
}

// URL gives the address of a file by its name. It panics on a name that does
// not exist: a page must not be written against a file that is not there.
func URL(name string) string {
	a, ok := byName[name]
	if !ok {
		panic("assets: no such file: " + name)
	}
	return a.path
}

// Open gives the content of a path made by [URL]. gzip is the same content
// compressed, nil where that would not be smaller. A path with another
// checksum is not found, so what is served under a path never changes and may
// be cached as immutable.
func Open(path string) (body []byte, contentType string, gzip []byte, ok bool) {
	a, ok := byPath[path]
	if !ok {
		return nil, "", nil, false
	}
	return a.body, a.contentType, a.gzip(), true
}

// Brotli gives the content of a path made by [URL] compressed with Brotli, nil
// where there is none or where it would not be smaller.
func Brotli(path string) []byte {
	if a, ok := byPath[path]; ok {
		return a.brotli()
	}
	return nil
}

var contentTypes = map[string]string{
	".bin":  "application/octet-stream",
	".css":  "text/css; charset=utf-8",
	".jpg":  "image/jpeg",
	".js":   "text/javascript; charset=utf-8",
	".json": "application/json",
	".ogg":  "audio/ogg",
	".mp3":  "audio/mpeg",
	".png":  "image/png",
	".svg":  "image/svg+xml",
	".txt":  "text/plain; charset=utf-8",
	".wasm": "application/wasm",
	".wav":  "audio/wav",
	".webp": "image/webp",
}

// worth compresses an asset unless its format is compressed already or the
// result saves less than a tenth.
func worth(a *asset, compress func([]byte) []byte) []byte {
	switch path.Ext(a.path) {
	case ".jpg", ".png", ".webp", ".ogg", ".mp3":
		return nil
	}
	small := compress(a.body)
	if len(small) > len(a.body)*9/10 {
		return nil
	}
	return small
}

func gzipped(body []byte) []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is a constant of the same package
	}
	_, _ = w.Write(body) // a bytes.Buffer does not fail
	_ = w.Close()
	return out.Bytes()
}

// brotlied uses the highest quality for what people load with every page and a
// quick one for large libraries, whose first visitor would wait for it.
func brotlied(body []byte) []byte {
	quality := brotli.BestCompression
	if len(body) > 256<<10 {
		quality = 6
	}
	var out bytes.Buffer
	w := brotli.NewWriterLevel(&out, quality)
	_, _ = w.Write(body)
	_ = w.Close()
	return out.Bytes()
}
