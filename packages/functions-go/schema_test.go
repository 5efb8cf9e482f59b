package koyalite

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

type status string

func (status) Enum() []any { return []any{"draft", "published"} }

type point struct{ X, Y float64 }

func (point) KoyaSchema() map[string]any {
	return map[string]any{"type": "string", "pattern": "^\\d+,\\d+$"}
}

type tree struct {
	Name     string `json:"name"`
	Children []tree `json:"children"`
}

type base struct {
	ID string `json:"id" koya:"format=uuid"`
}

func TestSchemaOfTypes(t *testing.T) {
	const object = `"type":"object"`
	tests := []struct {
		name string
		of   reflect.Type
		want string
	}{
		{"string", reflect.TypeFor[string](), `{"type":"string"}`},
		{"bool", reflect.TypeFor[bool](), `{"type":"boolean"}`},
		{"int", reflect.TypeFor[int](), `{"type":"integer"}`},
		{"int8", reflect.TypeFor[int8](), `{"maximum":127,"minimum":-128,"type":"integer"}`},
		{"uint16", reflect.TypeFor[uint16](), `{"maximum":65535,"minimum":0,"type":"integer"}`},
		{"uint64", reflect.TypeFor[uint64](), `{"minimum":0,"type":"integer"}`},
		{"float64", reflect.TypeFor[float64](), `{"type":"number"}`},
		{"time", reflect.TypeFor[time.Time](), `{"format":"date-time","type":"string"}`},
		{"bytes", reflect.TypeFor[[]byte](), `{"format":"byte","type":"string"}`},
		{"any", reflect.TypeFor[any](), `null`},
		{"raw", reflect.TypeFor[json.RawMessage](), `null`},
		{"list", reflect.TypeFor[[]int](), `{"items":{"type":"integer"},"type":"array"}`},
		{"array", reflect.TypeFor[[2]bool](), `{"items":{"type":"boolean"},"maxItems":2,"minItems":2,"type":"array"}`},
		{"map", reflect.TypeFor[map[string]int](), `{"additionalProperties":{"type":"integer"},"type":"object"}`},
		{"map of anything", reflect.TypeFor[map[string]any](), `{"additionalProperties":{},"type":"object"}`},
		{"enum", reflect.TypeFor[status](), `{"enum":["draft","published"],"type":"string"}`},
		{"own", reflect.TypeFor[point](), `{"pattern":"^\\d+,\\d+$","type":"string"}`},
		{"nothing", reflect.TypeFor[struct{}](), `{"additionalProperties":false,"properties":{},"type":"object"}`},
		{"pointer", reflect.TypeFor[*struct{}](), `{"additionalProperties":false,"properties":{},"type":"object"}`},
		{"fields", reflect.TypeFor[struct {
			Name    string `json:"name" koya:"required,min=1,max=200"`
			Nick    *string
			Note    string `json:"note,omitempty"`
			private int
			Skipped int    `json:"-"`
			Count   int    `json:"count" koya:"min=0,max=10,default=3" doc:"How many."`
			Text    int64  `json:"text,string"`
			Kind    string `json:"kind" koya:"optional,enum=a|b"`
			Code    string `json:"code" koya:"pattern=^[a-z]{1,3}$"`
		}](), `{"additionalProperties":false,"properties":{` +
			`"Nick":{"type":["string","null"]},` +
			`"code":{"pattern":"^[a-z]{1,3}$","type":"string"},` +
			`"count":{"default":3,"description":"How many.","maximum":10,"minimum":0,"type":"integer"},` +
			`"kind":{"enum":["a","b"],"type":"string"},` +
			`"name":{"maxLength":200,"minLength":1,"type":"string"},` +
			`"note":{"type":"string"},` +
			`"text":{"type":"string"}},"required":["name","text","code"],` + object + `}`},
		{"embedded", reflect.TypeFor[struct {
			base
			Tags  []string `json:"tags" koya:"max=5,unique"`
			State *status  `json:"state"`
		}](), `{"additionalProperties":false,"properties":{"id":{"format":"uuid","type":"string"},` +
			`"state":{"enum":["draft","published",null],"type":["string","null"]},` +
			`"tags":{"items":{"type":"string"},"maxItems":5,"type":"array","uniqueItems":true}},` +
			`"required":["id","tags"],` + object + `}`},
		{"tree", reflect.TypeFor[tree](), `{"$defs":{"tree1":{"additionalProperties":false,"properties":{` +
			`"children":{"items":{"$ref":"#/$defs/tree1"},"type":"array"},"name":{"type":"string"}},` +
			`"required":["name","children"],` + object + `}},"$ref":"#/$defs/tree1"}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			read, err := schemaOf(test.of, inputRole)
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := json.Marshal(read); string(got) != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestOutputFieldsAreThereUnlessTheyAreLeftOut(t *testing.T) {
	read, err := schemaOf(reflect.TypeFor[struct {
		A *string `json:"a"`
		B any     `json:"b"`
		C int     `json:"c,omitzero"`
		D int     `json:"d" koya:"default=1"`
	}](), outputRole)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(read["required"].([]string), ","); got != "a,b,d" {
		t.Errorf("required are %s", got)
	}
}

func TestSchemaFaults(t *testing.T) {
	tests := []struct {
		of   reflect.Type
		want string
	}{
		{reflect.TypeFor[struct{ F func() }](), "input.F: JSON has nothing for a func()"},
		{reflect.TypeFor[struct{ C []chan int }](), "input.C[]: JSON has nothing for a chan int"},
		{reflect.TypeFor[map[bool]int](), "input: JSON has no maps of a bool"},
		{reflect.TypeFor[struct {
			A string `koya:"requierd"`
		}](), `input.A: koya:"requierd": unknown option requierd; known are required, optional, min, max, enum, format, default, unique, pattern`},
		{reflect.TypeFor[struct {
			A bool `koya:"min=3"`
		}](), `input.A: koya:"min=3": a boolean has no min`},
		{reflect.TypeFor[struct {
			A int `koya:"default=x"`
		}](), `input.A: koya:"default=x": x is not a value of a integer`},
		{reflect.TypeFor[struct {
			A string `koya:"format=mail"`
		}](), `input.A: koya:"format=mail": unknown format mail`},
	}
	for _, test := range tests {
		if _, err := schemaOf(test.of, inputRole); err == nil || err.Error() != test.want {
			t.Errorf("got  %v\nwant %s", err, test.want)
		}
	}
}

func TestOutputHasNoNull(t *testing.T) {
	type inner struct {
		List []int          `json:"list"`
		Map  map[string]int `json:"map"`
	}
	shared := &inner{}
	tests := []struct {
		output any
		want   string
	}{
		{inner{}, `{"list":[],"map":{}}`},
		{shared, `{"list":[],"map":{}}`},
		{[]*inner{shared, nil}, `[{"list":[],"map":{}},null]`},
		{map[string]any{"a": []string(nil), "b": nil, "c": inner{}}, `{"a":[],"b":null,"c":{"list":[],"map":{}}}`},
		{struct{ Data []byte }{}, `{"Data":""}`},
		{struct{ When time.Time }{}, `{"When":"0001-01-01T00:00:00Z"}`},
		{json.RawMessage(`{"a":1}`), `{"a":1}`},
		{"a <b> & c", `"a <b> & c"`},
		{nil, ``},
		{(*inner)(nil), ``},
		{map[string]int(nil), `{}`},
	}
	for _, test := range tests {
		got, err := encode(test.output)
		if err != nil || string(got) != test.want {
			t.Errorf("%#v: got %s, %v; want %s", test.output, got, err, test.want)
		}
	}
	if shared.List != nil {
		t.Error("what the function has returned was changed")
	}
	type loop struct{ Next *loop }
	endless := &loop{}
	endless.Next = endless
	if _, err := encode(endless); err == nil {
		t.Error("a value that contains itself has no JSON")
	}
}
