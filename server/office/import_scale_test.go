package office_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"anju/server/civic"
	"anju/server/office"
	"anju/server/scene"
	"anju/server/store/storetest"
)

// TestImportAtScale imports as many rows as a file may have, 2,000 by default, and says how long it takes and how much memory it holds; then the
// same again, which changes nothing. ANJU_IMPORT_ROWS sets another number.
func TestImportAtScale(t *testing.T) {
	rows := 2000
	if n, err := strconv.Atoi(os.Getenv("ANJU_IMPORT_ROWS")); err == nil {
		rows = n
	}
	h, err := scene.NewHouse(t.Context(), storetest.Open(t), "http://example.com", slog.New(slog.DiscardHandler))
	if err == nil {
		err = h.Furnish(t.Context(), "password of the test")
	}
	if err != nil {
		t.Fatal(err)
	}
	actor, err := h.Actor(t.Context(), "zz.supervise")
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	file.WriteString("登记编号,姓名,公民身份号码,民族,户籍地区划代码,居住地区划代码,详细地址,登记日期,联系电话\n")
	communities := civic.Communities("350602001")
	for i := range rows {
		id, err := civic.NewCitizenID("410102", civic.MustDate("1960-01-01").AddDays(i/990), i%990+1)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&file, "FJ%08d,张小明,%s,汉族,410102,%s,胜利路 %d 号,2026-03-15,13950600001\n", i, id, communities[i%len(communities)].Code, i)
	}
	peak := make(chan uint64)
	stop := make(chan struct{})
	go func() {
		var most uint64
		for tick := time.NewTicker(20 * time.Millisecond); ; {
			select {
			case <-tick.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapInuse)
			case <-stop:
				peak <- most
				return
			}
		}
	}()
	began := time.Now()
	checked, err := h.Office.ImportRegistrations(t.Context(), actor, file.Bytes(), false)
	if err != nil || len(checked.Problems) > 0 || checked.Made != rows {
		t.Fatalf("%d new, %v, %v", checked.Made, checked.Problems, err)
	}
	took := time.Since(began)
	began = time.Now()
	done, err := h.Office.ImportRegistrations(t.Context(), actor, file.Bytes(), true)
	if err != nil || !done.Done || done.Made != rows {
		t.Fatalf("%+v, %v", done, err)
	}
	imported := time.Since(began)
	again, err := h.Office.ImportRegistrations(t.Context(), actor, file.Bytes(), true)
	if err != nil || again.Before == nil || again.Done {
		t.Errorf("the same file again: %+v, %v", again, err)
	}
	other, err := h.Office.ImportRegistrations(t.Context(), actor, append(file.Bytes(), '\n'), true)
	if err != nil || !other.Done || other.Made != 0 || other.Known != rows {
		t.Errorf("the same rows in another file: made %d, known %d, %v", other.Made, other.Known, err)
	}
	close(stop)
	officer, err := h.Actor(t.Context(), "zz.accept")
	if err != nil {
		t.Fatal(err)
	}
	list, err := h.Office.Registrations(t.Context(), officer, office.RegistrationQuery{State: "confirmed", Page: 1, Size: 1})
	if err != nil || list.Total != rows {
		t.Errorf("%d registrations, %v", list.Total, err)
	}
	t.Logf("%d rows, %d bytes: checked in %v, imported in %v; heap in use at most %d MiB", rows, file.Len(), took.Round(time.Millisecond), imported.Round(time.Millisecond), (<-peak)>>20)
}
