package store

// opener opens the sealed columns of one row and keeps the first error, so that a row is read without a question after every column.
type opener struct {
	secrets *Secrets
	table   string
	row     string
	err     error
}

func (t *tx) opener(table, row string) *opener {
	return &opener{secrets: t.secrets, table: table, row: row}
}

func (o *opener) bytes(column string, sealed []byte) []byte {
	if o.err != nil || sealed == nil {
		return nil
	}
	var value []byte
	value, o.err = o.secrets.open(place{o.table, o.row, column}, sealed)
	return value
}

func (o *opener) text(column string, sealed []byte) string { return string(o.bytes(column, sealed)) }

func (o *opener) json(column string, sealed []byte, value any) {
	if o.err == nil {
		o.err = o.secrets.openJSON(place{o.table, o.row, column}, sealed, value)
	}
}

func (o *opener) token(column string, sealed []byte) (token [16]byte) {
	copy(token[:], o.bytes(column, sealed))
	return token
}
