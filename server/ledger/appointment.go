package ledger

// Deeds on appointments.
const (
	Booked      Action = "booked" // an appointment
	Rescheduled Action = "rescheduled"
	CalledOff   Action = "called_off" // by somebody, or because its application needed it no longer
	Arrived     Action = "arrived"
	Served      Action = "served"
	Missed      Action = "missed"
)
