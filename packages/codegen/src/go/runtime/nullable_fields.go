package koyalite

// NullableField is a Field that may be null.
type NullableField[D any, C ChangeOf, T any] struct{ Field[D, C, T] }

// SetNull removes the value.
func (f NullableField[D, C, T]) SetNull() C { return C{change{string(f.Field), nil}} }

// NullableOrderedField is an OrderedField that may be null.
type NullableOrderedField[D any, C ChangeOf, T any] struct{ OrderedField[D, C, T] }

// SetNull removes the value.
func (f NullableOrderedField[D, C, T]) SetNull() C { return C{change{string(f.OrderedField), nil}} }

// NullableNumberField is a NumberField that may be null.
type NullableNumberField[D any, C ChangeOf, T ~int64 | ~float64] struct{ NumberField[D, C, T] }

// SetNull removes the value.
func (f NullableNumberField[D, C, T]) SetNull() C { return C{change{string(f.NumberField), nil}} }

// NullableTextField is a TextField that may be null.
type NullableTextField[D any, C ChangeOf, T ~string] struct{ TextField[D, C, T] }

// SetNull removes the value.
func (f NullableTextField[D, C, T]) SetNull() C { return C{change{string(f.TextField), nil}} }

// NullableBlobField is a BlobField that may be null.
type NullableBlobField[D any, C ChangeOf, T ~[]byte] struct{ BlobField[D, C, T] }

// SetNull removes the value.
func (f NullableBlobField[D, C, T]) SetNull() C { return C{change{string(f.BlobField), nil}} }

// NullableJSONField is a JSONField that may be null.
type NullableJSONField[D any, C ChangeOf, T any] struct{ JSONField[D, C, T] }

// SetNull removes the value.
func (f NullableJSONField[D, C, T]) SetNull() C { return C{change{string(f.JSONField), nil}} }

// NullableListField is a ListField that may be null.
type NullableListField[D any, C ChangeOf, T any] struct{ ListField[D, C, T] }

// SetNull removes the value.
func (f NullableListField[D, C, T]) SetNull() C { return C{change{string(f.ListField), nil}} }
