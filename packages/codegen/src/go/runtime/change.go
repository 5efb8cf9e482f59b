package koyalite

// change is a new value of a field, or an operator on it. Each collection has a type of its own for its changes, so that
// those of another one do not compile.
type change struct {
	field string
	value any
}

// ChangeOf is the type of the changes of a collection, such as PostChange.
type ChangeOf interface{ ~struct{ change } }

// UpdateArgument is what Update takes: changes, and options of the call.
type UpdateArgument interface{ applyUpdate(*update) }

type update struct {
	fields map[string]any
	call   callOptions
	err    error
}

func newUpdate[A UpdateArgument](arguments []A) (*update, error) {
	u := &update{fields: map[string]any{}}
	for _, argument := range arguments {
		argument.applyUpdate(u)
	}
	return u, u.err
}

func (c change) applyUpdate(u *update) {
	if _, twice := u.fields[c.field]; twice && u.err == nil {
		u.err = localError(CodeInvalidRequest, "'%s' is changed twice in one update", c.field)
	}
	wire, err := wireChange(c.value)
	if err != nil && u.err == nil {
		u.err = invalidField(c.field, "%v", err)
	}
	u.fields[c.field] = wire
}

// operation is a change by what is there already: {"$inc": 1}.
type operation struct {
	name  string
	value any
}

func wireChange(value any) (any, error) {
	op, ok := value.(operation)
	if !ok {
		return wireValue(value)
	}
	wire, err := wireValue(op.value)
	return map[string]any{op.name: wire}, err
}
