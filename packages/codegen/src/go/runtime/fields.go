package koyalite

// The fields of a collection, such as PostFields.Title, are texts: their names. What may be asked of a field, and set,
// depends on its type; D is the document's, C that of its changes, T that of the values.

// KeyField is the primary key, which never changes.
type KeyField[D any, T comparable] string

// Name returns the name of the field in the API.
func (f KeyField[D, T]) Name() string { return string(f) }

// Asc is the sort key of the field, Desc the one for the reverse order. Nulls come first, or last in reverse.
func (f KeyField[D, T]) Asc() string  { return string(f) }
func (f KeyField[D, T]) Desc() string { return "-" + string(f) }

// Eq and Ne, In and NotIn compare for equality. Ne and NotIn hold for nulls.
func (f KeyField[D, T]) Eq(value T) Condition[D]     { return compare[D](string(f), "$eq", value) }
func (f KeyField[D, T]) Ne(value T) Condition[D]     { return compare[D](string(f), "$ne", value) }
func (f KeyField[D, T]) In(values ...T) Condition[D] { return compareList[D](string(f), "$in", values) }
func (f KeyField[D, T]) NotIn(values ...T) Condition[D] {
	return compareList[D](string(f), "$nin", values)
}

// Gt (>), Gte (>=), Lt (<) and Lte (<=) compare in the order of the values.
func (f KeyField[D, T]) Gt(value T) Condition[D]  { return compare[D](string(f), "$gt", value) }
func (f KeyField[D, T]) Gte(value T) Condition[D] { return compare[D](string(f), "$gte", value) }
func (f KeyField[D, T]) Lt(value T) Condition[D]  { return compare[D](string(f), "$lt", value) }
func (f KeyField[D, T]) Lte(value T) Condition[D] { return compare[D](string(f), "$lte", value) }

// Field is a field that is compared for equality: a bool.
type Field[D any, C ChangeOf, T any] string

// Name returns the name of the field in the API.
func (f Field[D, C, T]) Name() string { return string(f) }

// Asc is the sort key of the field, Desc the one for the reverse order. Nulls come first, or last in reverse.
func (f Field[D, C, T]) Asc() string  { return string(f) }
func (f Field[D, C, T]) Desc() string { return "-" + string(f) }

// IsNull holds where the field has no value, IsNotNull where it has one.
func (f Field[D, C, T]) IsNull() Condition[D]    { return compare[D](string(f), "$eq", nil) }
func (f Field[D, C, T]) IsNotNull() Condition[D] { return compare[D](string(f), "$ne", nil) }

// Eq and Ne, In and NotIn compare for equality. Ne and NotIn hold for nulls.
func (f Field[D, C, T]) Eq(value T) Condition[D]     { return compare[D](string(f), "$eq", value) }
func (f Field[D, C, T]) Ne(value T) Condition[D]     { return compare[D](string(f), "$ne", value) }
func (f Field[D, C, T]) In(values ...T) Condition[D] { return compareList[D](string(f), "$in", values) }
func (f Field[D, C, T]) NotIn(values ...T) Condition[D] {
	return compareList[D](string(f), "$nin", values)
}

// Set changes the field.
func (f Field[D, C, T]) Set(value T) C { return C{change{string(f), value}} }

// OrderedField is a timestamp or a date.
type OrderedField[D any, C ChangeOf, T any] string

// Name returns the name of the field in the API.
func (f OrderedField[D, C, T]) Name() string { return string(f) }

// Asc is the sort key of the field, Desc the one for the reverse order. Nulls come first, or last in reverse.
func (f OrderedField[D, C, T]) Asc() string  { return string(f) }
func (f OrderedField[D, C, T]) Desc() string { return "-" + string(f) }

// IsNull holds where the field has no value, IsNotNull where it has one.
func (f OrderedField[D, C, T]) IsNull() Condition[D]    { return compare[D](string(f), "$eq", nil) }
func (f OrderedField[D, C, T]) IsNotNull() Condition[D] { return compare[D](string(f), "$ne", nil) }

// Eq and Ne, In and NotIn compare for equality. Ne and NotIn hold for nulls.
func (f OrderedField[D, C, T]) Eq(value T) Condition[D] { return compare[D](string(f), "$eq", value) }
func (f OrderedField[D, C, T]) Ne(value T) Condition[D] { return compare[D](string(f), "$ne", value) }
func (f OrderedField[D, C, T]) In(values ...T) Condition[D] {
	return compareList[D](string(f), "$in", values)
}
func (f OrderedField[D, C, T]) NotIn(values ...T) Condition[D] {
	return compareList[D](string(f), "$nin", values)
}

// Gt (>), Gte (>=), Lt (<) and Lte (<=) compare in the order of the values.
func (f OrderedField[D, C, T]) Gt(value T) Condition[D]  { return compare[D](string(f), "$gt", value) }
func (f OrderedField[D, C, T]) Gte(value T) Condition[D] { return compare[D](string(f), "$gte", value) }
func (f OrderedField[D, C, T]) Lt(value T) Condition[D]  { return compare[D](string(f), "$lt", value) }
func (f OrderedField[D, C, T]) Lte(value T) Condition[D] { return compare[D](string(f), "$lte", value) }

// Set changes the field.
func (f OrderedField[D, C, T]) Set(value T) C { return C{change{string(f), value}} }

// NumberField is an int or a float.
type NumberField[D any, C ChangeOf, T ~int64 | ~float64] string

// Name returns the name of the field in the API.
func (f NumberField[D, C, T]) Name() string { return string(f) }

// Asc is the sort key of the field, Desc the one for the reverse order. Nulls come first, or last in reverse.
func (f NumberField[D, C, T]) Asc() string  { return string(f) }
func (f NumberField[D, C, T]) Desc() string { return "-" + string(f) }

// IsNull holds where the field has no value, IsNotNull where it has one.
func (f NumberField[D, C, T]) IsNull() Condition[D]    { return compare[D](string(f), "$eq", nil) }
func (f NumberField[D, C, T]) IsNotNull() Condition[D] { return compare[D](string(f), "$ne", nil) }

// Eq and Ne, In and NotIn compare for equality. Ne and NotIn hold for nulls.
func (f NumberField[D, C, T]) Eq(value T) Condition[D] { return compare[D](string(f), "$eq", value) }
func (f NumberField[D, C, T]) Ne(value T) Condition[D] { return compare[D](string(f), "$ne", value) }
func (f NumberField[D, C, T]) In(values ...T) Condition[D] {
	return compareList[D](string(f), "$in", values)
}
func (f NumberField[D, C, T]) NotIn(values ...T) Condition[D] {
	return compareList[D](string(f), "$nin", values)
}

// Gt (>), Gte (>=), Lt (<) and Lte (<=) compare in the order of the values.
func (f NumberField[D, C, T]) Gt(value T) Condition[D]  { return compare[D](string(f), "$gt", value) }
func (f NumberField[D, C, T]) Gte(value T) Condition[D] { return compare[D](string(f), "$gte", value) }
func (f NumberField[D, C, T]) Lt(value T) Condition[D]  { return compare[D](string(f), "$lt", value) }
func (f NumberField[D, C, T]) Lte(value T) Condition[D] { return compare[D](string(f), "$lte", value) }

// Set changes the field.
func (f NumberField[D, C, T]) Set(value T) C { return C{change{string(f), value}} }

// Inc adds by to the number; null counts as 0.
func (f NumberField[D, C, T]) Inc(by T) C { return C{change{string(f), operation{"$inc", by}}} }

// TextField is a string, a text, a uuid or an enum.
type TextField[D any, C ChangeOf, T ~string] string

// Name returns the name of the field in the API.
func (f TextField[D, C, T]) Name() string { return string(f) }

// Asc is the sort key of the field, Desc the one for the reverse order. Nulls come first, or last in reverse.
func (f TextField[D, C, T]) Asc() string  { return string(f) }
func (f TextField[D, C, T]) Desc() string { return "-" + string(f) }

// IsNull holds where the field has no value, IsNotNull where it has one.
func (f TextField[D, C, T]) IsNull() Condition[D]    { return compare[D](string(f), "$eq", nil) }
func (f TextField[D, C, T]) IsNotNull() Condition[D] { return compare[D](string(f), "$ne", nil) }

// Eq and Ne, In and NotIn compare for equality. Ne and NotIn hold for nulls.
func (f TextField[D, C, T]) Eq(value T) Condition[D] { return compare[D](string(f), "$eq", value) }
func (f TextField[D, C, T]) Ne(value T) Condition[D] { return compare[D](string(f), "$ne", value) }
func (f TextField[D, C, T]) In(values ...T) Condition[D] {
	return compareList[D](string(f), "$in", values)
}
func (f TextField[D, C, T]) NotIn(values ...T) Condition[D] {
	return compareList[D](string(f), "$nin", values)
}

// Gt (>), Gte (>=), Lt (<) and Lte (<=) compare in the order of the values.
func (f TextField[D, C, T]) Gt(value T) Condition[D]  { return compare[D](string(f), "$gt", value) }
func (f TextField[D, C, T]) Gte(value T) Condition[D] { return compare[D](string(f), "$gte", value) }
func (f TextField[D, C, T]) Lt(value T) Condition[D]  { return compare[D](string(f), "$lt", value) }
func (f TextField[D, C, T]) Lte(value T) Condition[D] { return compare[D](string(f), "$lte", value) }

// Like matches a pattern: % stands for any text, _ for one character; the case of ASCII letters does not matter.
func (f TextField[D, C, T]) Like(pattern string) Condition[D] {
	return compare[D](string(f), "$like", pattern)
}

// Contains holds where the text contains part, exactly.
func (f TextField[D, C, T]) Contains(part string) Condition[D] {
	return compare[D](string(f), "$contains", part)
}

// Set changes the field.
func (f TextField[D, C, T]) Set(value T) C { return C{change{string(f), value}} }

// BlobField is bytes, which are compared with null only.
type BlobField[D any, C ChangeOf, T ~[]byte] string

// Name returns the name of the field in the API.
func (f BlobField[D, C, T]) Name() string { return string(f) }

// Asc is the sort key of the field, Desc the one for the reverse order. Nulls come first, or last in reverse.
func (f BlobField[D, C, T]) Asc() string  { return string(f) }
func (f BlobField[D, C, T]) Desc() string { return "-" + string(f) }

// IsNull holds where the field has no value, IsNotNull where it has one.
func (f BlobField[D, C, T]) IsNull() Condition[D]    { return compare[D](string(f), "$eq", nil) }
func (f BlobField[D, C, T]) IsNotNull() Condition[D] { return compare[D](string(f), "$ne", nil) }

// Set changes the field.
func (f BlobField[D, C, T]) Set(value T) C { return C{change{string(f), value}} }

// JSONField is a json field.
type JSONField[D any, C ChangeOf, T any] string

// Name returns the name of the field in the API.
func (f JSONField[D, C, T]) Name() string { return string(f) }

// Asc is the sort key of the field, Desc the one for the reverse order. Nulls come first, or last in reverse.
func (f JSONField[D, C, T]) Asc() string  { return string(f) }
func (f JSONField[D, C, T]) Desc() string { return "-" + string(f) }

// IsNull holds where the field has no value, IsNotNull where it has one.
func (f JSONField[D, C, T]) IsNull() Condition[D]    { return compare[D](string(f), "$eq", nil) }
func (f JSONField[D, C, T]) IsNotNull() Condition[D] { return compare[D](string(f), "$ne", nil) }

// At is the path to a value inside: At("size", "width"), of a list At("0").
func (f JSONField[D, C, T]) At(path ...string) JSONPath[D] { return jsonPath[D](string(f), path) }

// Set changes the field.
func (f JSONField[D, C, T]) Set(value T) C { return C{change{string(f), value}} }

// ListField is a json field whose schema is a list of T.
type ListField[D any, C ChangeOf, T any] string

// Name returns the name of the field in the API.
func (f ListField[D, C, T]) Name() string { return string(f) }

// Asc is the sort key of the field, Desc the one for the reverse order. Nulls come first, or last in reverse.
func (f ListField[D, C, T]) Asc() string  { return string(f) }
func (f ListField[D, C, T]) Desc() string { return "-" + string(f) }

// IsNull holds where the field has no value, IsNotNull where it has one.
func (f ListField[D, C, T]) IsNull() Condition[D]    { return compare[D](string(f), "$eq", nil) }
func (f ListField[D, C, T]) IsNotNull() Condition[D] { return compare[D](string(f), "$ne", nil) }

// At is the path to a value inside: At("size", "width"), of a list At("0").
func (f ListField[D, C, T]) At(path ...string) JSONPath[D] { return jsonPath[D](string(f), path) }

// Contains holds where the list has an element that is equal to value.
func (f ListField[D, C, T]) Contains(value T) Condition[D] {
	return compare[D](string(f), "$contains", value)
}

// Set changes the list.
func (f ListField[D, C, T]) Set(values []T) C { return C{change{string(f), values}} }

// Push adds an element at the end.
func (f ListField[D, C, T]) Push(value T) C { return C{change{string(f), operation{"$push", value}}} }

// Pull removes all elements that are equal to value.
func (f ListField[D, C, T]) Pull(value T) C { return C{change{string(f), operation{"$pull", value}}} }

// TextKeyField is a primary key that is a string.
type TextKeyField[D any] struct{ KeyField[D, string] }

// Like matches a pattern, as TextField.Like does.
func (f TextKeyField[D]) Like(pattern string) Condition[D] {
	return compare[D](string(f.KeyField), "$like", pattern)
}

// Contains holds where the key contains part, exactly.
func (f TextKeyField[D]) Contains(part string) Condition[D] {
	return compare[D](string(f.KeyField), "$contains", part)
}
