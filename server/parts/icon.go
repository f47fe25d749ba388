package parts

import (
	"context"
	"fmt"
	"io"

	"github.com/a-h/templ"
)

// icons are drawn on a 24 by 24 grid in lines 2 wide, with round ends.
var icons = map[string]string{
	"back":      "M15 5l-7 7 7 7",
	"calendar":  "M4 6h16v14H4zM4 10.500h16M8.500 3.500V8M15.500 3.500V8M9 15.500h6",
	"check":     "M4.500 12.500l5 5 10-11",
	"clock":     "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM12 7.500V12l3.200 2.300",
	"cloud":     "M7.500 18.500h9a4 4 0 0 0 .8-7.900 5.500 5.500 0 0 0-9.300-2.600M6.200 10.200a4.200 4.200 0 0 0 1.300 8.300M4 4l16 16",
	"contrast":  "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM12 4v16M15 5v14M18 7.500v9",
	"cross":     "M6 6l12 12M18 6L6 18",
	"document":  "M6.500 3.500h7l4 4v13h-11zM13.500 3.500v4h4M9.500 12.500h5M9.500 16h5",
	"globe":     "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM3.500 12h17M12 3.500c5 4.500 5 12.500 0 17M12 3.500c-5 4.500-5 12.500 0 17",
	"help":      "M9 9.200a3 3 0 1 1 4.500 2.700c-1 .6-1.500 1.200-1.500 2.300M12 17.500v.1M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17z",
	"house":     "M4 11.500l8-7 8 7M6 10v9.500h12V10M10 19.500v-5h4v5",
	"info":      "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM12 11.500v5M12 7.800v.1",
	"next":      "M9 5l7 7-7 7",
	"pause":     "M9 6v12M15 6v12",
	"person":    "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.500 20.500c.8-4.200 3.600-6 7.500-6s6.700 1.800 7.500 6",
	"print":     "M7 9V4h10v5M7 16.500H4V9h16v7.500h-3M7 14h10v6.500H7z",
	"question":  "M8.500 8.500a3.600 3.600 0 1 1 5.400 3.300c-1.300.8-1.900 1.500-1.900 3M12 19v.1",
	"search":    "M10.500 4a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13zM15.300 15.300L20.500 20.500",
	"shield":    "M12 3.500l7.500 2.800v5.200c0 4.500-3 7.500-7.500 9-4.500-1.500-7.500-4.500-7.500-9V6.300zM9 9l6 6M15 9l-6 6",
	"slash":     "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM6 6l12 12",
	"stop":      "M8.500 3.500h7l5 5v7l-5 5h-7l-5-5v-7zM12 7.500V13M12 16.300v.1",
	"stopwatch": "M12 6.500a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM12 9.500v4l2.500 1.800M9.500 3.500h5M18 6l1.500 1.500",
	"swap":      "M4 8.500h14l-3.500-3.500M20 15.500H6l3.500 3.500",
	"upload":    "M12 16V5M7.500 9L12 4.500 16.500 9M4.500 16.500v3.500h15v-3.500",
	"warn":      "M12 4L2.800 20h18.400zM12 10v4.500M12 17.300v.1",
}

// Icon draws one of the icons. It is decoration: the word beside it says the
// same, so it is hidden from screen readers.
func Icon(name string) Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		d, ok := icons[name]
		if !ok {
			return fmt.Errorf("parts: no icon %q", name)
		}
		_, err := io.WriteString(w, `<svg class="icon" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false"><path d="`+d+`"/></svg>`)
		return err
	})
}
