package portal_test

import (
	"testing"

	"anju/server/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }
