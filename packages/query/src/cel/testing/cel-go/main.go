// Evaluates rules with cel-go, the reference implementation of CEL, for cel-go.test.ts. It reads JSON lines and answers each with one.
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/common/types/traits"
	"github.com/google/cel-go/ext"
)

// One of: a world for the rules that follow, a rule, a text to parse.
type request struct {
	World *world  `json:"world"`
	Rule  *string `json:"rule"`
	Actor int     `json:"actor"`
	Parse *string `json:"parse"`
}

// Values are `[kind, value]`, as encoded-value.ts writes them.
type world struct {
	Docs   []json.RawMessage            `json:"docs"`
	Rows   map[string]json.RawMessage   `json:"rows"`
	Actors []map[string]json.RawMessage `json:"actors"`
}

type variables = map[string]any

func main() {
	evaluating := must(cel.NewEnv(
		ext.Strings(), ext.Encoders(), ext.Math(), ext.Bindings(), ext.TwoVarComprehensions(),
		cel.Variable("doc", cel.DynType), cel.Variable("auth", cel.DynType), cel.Variable("request", cel.DynType),
		cel.Variable("members", cel.DynType), cel.Variable("teams", cel.DynType),
		cel.Function("can", cel.MemberOverload("can", []*cel.Type{cel.DynType, cel.StringType}, cel.BoolType, cel.BinaryBinding(can))),
	))
	parsing := must(cel.NewEnv(cel.ClearMacros(), cel.EnableIdentifierEscapeSyntax()))
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<26)
	out := bufio.NewWriter(os.Stdout)
	var docs []any
	var actors []variables
	for in.Scan() {
		var asked request
		if err := json.Unmarshal(in.Bytes(), &asked); err != nil {
			panic(err)
		}
		var answer any
		switch {
		case asked.World != nil:
			docs, actors = open(asked.World)
			answer = len(docs)
		case asked.Rule != nil:
			answer = evaluate(evaluating, *asked.Rule, actors[asked.Actor], docs)
		default:
			answer = parse(parsing, *asked.Parse)
		}
		line, _ := json.Marshal(answer)
		out.Write(line)
		out.WriteByte('\n')
		out.Flush()
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func open(w *world) ([]any, []variables) {
	docs := make([]any, len(w.Docs))
	for i, doc := range w.Docs {
		docs[i] = decode(doc)
	}
	actors := make([]variables, len(w.Actors))
	for i, actor := range w.Actors {
		actors[i] = variables{}
		for name, value := range actor {
			actors[i][name] = decode(value)
		}
		for name, rows := range w.Rows {
			actors[i][name] = decode(rows)
		}
	}
	return docs, actors
}

// What a rule comes to for each document: true, false or error. The text is parsed and not checked: types are those of the values.
func evaluate(env *cel.Env, rule string, actor variables, docs []any) any {
	parsed, issues := env.Parse(rule)
	if issues.Err() != nil {
		return map[string]string{"refused": issues.Err().Error()}
	}
	program, err := env.Program(parsed)
	if err != nil {
		return map[string]string{"refused": err.Error()}
	}
	truths := make([]string, len(docs))
	activation := variables{}
	for name, value := range actor {
		activation[name] = value
	}
	for i, doc := range docs {
		activation["doc"] = doc
		result, _, err := program.Eval(activation)
		switch {
		case err != nil:
			truths[i] = "error"
		case result == types.True:
			truths[i] = "true"
		case result == types.False:
			truths[i] = "false"
		default:
			truths[i] = "error"
		}
	}
	return truths
}

// `auth.can`: a permission of the role, with `*` and `posts:*`.
func can(auth, wanted ref.Val) ref.Val {
	permissions := auth.(traits.Mapper).Get(types.String("permissions")).(traits.Lister)
	for it := permissions.Iterator(); it.HasNext() == types.True; {
		granted := string(it.Next().(types.String))
		asked := string(wanted.(types.String))
		if granted == "*" || granted == asked {
			return types.True
		}
		if strings.HasSuffix(granted, ":*") && strings.HasPrefix(asked, strings.TrimSuffix(granted, "*")) {
			return types.True
		}
	}
	return types.False
}

func decode(text json.RawMessage) any {
	var pair [2]json.RawMessage
	if err := json.Unmarshal(text, &pair); err != nil {
		panic(err)
	}
	var kind string
	_ = json.Unmarshal(pair[0], &kind)
	plain := func() string {
		var s string
		if json.Unmarshal(pair[1], &s) != nil {
			return string(pair[1])
		}
		return s
	}
	switch kind {
	case "null":
		return types.NullValue
	case "bool":
		return types.Bool(string(pair[1]) == "true")
	case "int":
		return types.Int(must(strconv.ParseInt(plain(), 10, 64)))
	case "double":
		return types.Double(must(strconv.ParseFloat(plain(), 64)))
	case "string":
		return types.String(plain())
	case "timestamp":
		nanos := must(strconv.ParseInt(plain()[:max(0, len(plain())-6)]+"0", 10, 64)) / 10
		return types.Timestamp{Time: time.UnixMilli(nanos).UTC()}
	case "list":
		var items []json.RawMessage
		_ = json.Unmarshal(pair[1], &items)
		values := make([]any, len(items))
		for i, item := range items {
			values[i] = decode(item)
		}
		return types.DefaultTypeAdapter.NativeToValue(values)
	case "map":
		var entries [][2]json.RawMessage
		_ = json.Unmarshal(pair[1], &entries)
		values := make(map[ref.Val]ref.Val, len(entries))
		for _, entry := range entries {
			values[decode(entry[0]).(ref.Val)] = decode(entry[1]).(ref.Val)
		}
		return types.DefaultTypeAdapter.NativeToValue(values)
	}
	panic("no value of kind " + kind)
}

// The tree of a text, as syntax-text.ts writes ours; null for what is no CEL.
func parse(env *cel.Env, text string) any {
	parsed, issues := env.Parse(text)
	if issues.Err() != nil {
		return nil
	}
	return show(parsed.NativeRep().Expr())
}

var names = map[string]string{
	"_==_": "==", "_!=_": "!=", "_<_": "<", "_<=_": "<=", "_>_": ">", "_>=_": ">=", "@in": "in", "_+_": "+", "_-_": "-",
	"_*_": "*", "_/_": "/", "_%_": "%", "_&&_": "&&", "_||_": "||", "_?_:_": "?", "_[_]": "[]", "!_": "!", "-_": "neg",
}

func show(e ast.Expr) string {
	switch e.Kind() {
	case ast.LiteralKind:
		return literal(e.AsLiteral())
	case ast.IdentKind:
		return e.AsIdent()
	case ast.SelectKind:
		return "(. " + show(e.AsSelect().Operand()) + " " + e.AsSelect().FieldName() + ")"
	case ast.ListKind:
		return "(list" + all(e.AsList().Elements()) + ")"
	case ast.MapKind:
		text := "(map"
		for _, entry := range e.AsMap().Entries() {
			text += " " + show(entry.AsMapEntry().Key()) + " " + show(entry.AsMapEntry().Value())
		}
		return text + ")"
	case ast.CallKind:
		return call(e.AsCall())
	}
	return fmt.Sprintf("(kind %d)", e.Kind())
}

func call(c ast.CallExpr) string {
	name, isOperator := names[c.FunctionName()]
	switch {
	case isOperator && (name == "&&" || name == "||"):
		return "(" + name + all(flat(c, nil)) + ")"
	case isOperator && (name == "!" || name == "neg"):
		// Pairs say nothing.
		if inner := c.Args()[0]; inner.Kind() == ast.CallKind && inner.AsCall().FunctionName() == c.FunctionName() {
			return show(inner.AsCall().Args()[0])
		}
		return "(" + name + all(c.Args()) + ")"
	case isOperator:
		return "(" + name + all(c.Args()) + ")"
	case c.IsMemberFunction():
		return "(call " + c.FunctionName() + " " + show(c.Target()) + all(c.Args()) + ")"
	}
	return "(call " + c.FunctionName() + " -" + all(c.Args()) + ")"
}

// The operands of a chain, however it is nested.
func flat(c ast.CallExpr, operands []ast.Expr) []ast.Expr {
	for _, arg := range c.Args() {
		if arg.Kind() == ast.CallKind && arg.AsCall().FunctionName() == c.FunctionName() {
			operands = flat(arg.AsCall(), operands)
		} else {
			operands = append(operands, arg)
		}
	}
	return operands
}

func all(list []ast.Expr) string {
	text := ""
	for _, e := range list {
		text += " " + show(e)
	}
	return text
}

func literal(value ref.Val) string {
	switch v := value.(type) {
	case types.Null:
		return "null"
	case types.Bool:
		return strconv.FormatBool(bool(v))
	case types.Int:
		return "int:" + strconv.FormatInt(int64(v), 10)
	case types.Uint:
		return "uint:" + strconv.FormatUint(uint64(v), 10)
	case types.Double:
		return fmt.Sprintf("double:%016x", math.Float64bits(float64(v)))
	case types.String:
		return "string:" + hex.EncodeToString([]byte(string(v)))
	case types.Bytes:
		return "bytes:" + hex.EncodeToString([]byte(v))
	}
	return "?"
}
