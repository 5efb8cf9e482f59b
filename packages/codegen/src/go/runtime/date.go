package koyalite

import (
	"fmt"
	"time"
)

// Date is a day of the calendar, without a time zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

const dateLayout = "2006-01-02"

// DateOf returns the day that t is in, in the time zone of t.
func DateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{Year: year, Month: month, Day: day}
}

// ParseDate reads "2026-01-31".
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(dateLayout, text)
	if err != nil {
		return Date{}, fmt.Errorf("koyalite: %q is not a date like 2026-01-31", text)
	}
	return DateOf(t), nil
}

// String returns the day as "2026-01-31".
func (d Date) String() string {
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// In returns the beginning of the day in a time zone.
func (d Date) In(location *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, location)
}

// AddDays returns the day that comes n days later; earlier for a negative n.
func (d Date) AddDays(n int) Date {
	return DateOf(d.In(time.UTC).AddDate(0, 0, n))
}

// Compare returns -1 if d is before other, 0 if they are the same day, and +1 if d is after other.
func (d Date) Compare(other Date) int {
	return d.In(time.UTC).Compare(other.In(time.UTC))
}

// IsZero reports whether d is the zero Date, which is not a day.
func (d Date) IsZero() bool { return d == Date{} }

// MarshalText writes the day as String does, and refuses what is not a day, such as the 30th of February.
func (d Date) MarshalText() ([]byte, error) {
	if DateOf(d.In(time.UTC)) != d || d.Year < 0 || d.Year > 9999 {
		return nil, fmt.Errorf("koyalite: %v is not a day of the calendar", d)
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads what ParseDate does.
func (d *Date) UnmarshalText(text []byte) error {
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
