package koyalite

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

// expression is a CEL expression and its parameters.
type expression struct {
	cel    string
	params []any
}

// joinExpressions makes one expression of all, with the parameters as JSON; "" for none.
func joinExpressions(expressions []expression) (cel, params string, err error) {
	var parts []string
	var all []any
	for _, one := range expressions {
		parts = append(parts, shiftParameters(one.cel, len(all)))
		for i, param := range one.params {
			wire, err := wireValue(param)
			if err != nil {
				return "", "", localError(CodeInvalidFilter, "parameter $%d of '%s' %v", i+1, one.cel, err)
			}
			all = append(all, wire)
		}
	}
	cel = parts[0]
	if len(parts) > 1 {
		cel = "(" + strings.Join(parts, ") && (") + ")"
	}
	if len(all) == 0 {
		return cel, "", nil
	}
	data, err := json.Marshal(all)
	if err != nil {
		return "", "", localError(CodeInvalidFilter, "the parameters of '%s' are not valid: %v", cel, err)
	}
	return cel, string(data), nil
}

// stringOrParameter matches texts of CEL, in which a $1 is text, comments, and parameters.
const stringOrParameter = `(?s)(?i:\br)?'''.*?'''|(?i:\br)?""".*?"""|(?i:\bb?r|\brb)'[^'\n]*'|(?i:\bb?r|\brb)"[^"\n]*"` +
	`|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|//[^\n]*|\$\d+`

// shiftParameters makes $1 of an expression $4, if three parameters come before its own.
func shiftParameters(cel string, by int) string {
	if by == 0 {
		return cel
	}
	return regexp.MustCompile(stringOrParameter).ReplaceAllStringFunc(cel, func(found string) string {
		if !strings.HasPrefix(found, "$") {
			return found
		}
		n, err := strconv.Atoi(found[1:])
		if err != nil {
			return found
		}
		return "$" + strconv.Itoa(n+by)
	})
}
