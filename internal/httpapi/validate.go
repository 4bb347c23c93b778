package httpapi

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/gin-gonic/gin"

	"chengqiao/internal/errs"
)

//go:embed openapi.yaml
var contractYAML []byte

// basePath is where the contract's paths begin.
const basePath = "/api/v1"

// description is the parsed openapi.yaml with its operations by method and gin path.
type description struct {
	doc        *openapi3.T
	operations map[string]*routers.Route
}

func loadContract() (*description, error) {
	oneDocumentABody()
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(contractYAML)
	if err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	ct := &description{doc: doc, operations: map[string]*routers.Route{}}
	// For a document of 3.1 the filter compiles a JSON Schema at each request, a
	// fifth of a millisecond for a search. Ours uses no word of it that the older
	// validator does not know.
	older := *doc
	older.OpenAPI = "3.0.3"
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			ginPath := basePath + strings.NewReplacer("{", ":", "}", "").Replace(path)
			ct.operations[method+" "+ginPath] = &routers.Route{
				Spec: &older, Path: path, PathItem: item, Method: method, Operation: op,
			}
		}
	}
	return ct, nil
}

// oneDocumentABody makes the filter refuse a JSON body that goes on after its
// end: its own decoder, like the handlers', reads the first document and
// leaves the rest unread.
var oneDocumentABody = sync.OnceFunc(func() {
	openapi3filter.RegisterBodyDecoder("application/json",
		func(body io.Reader, header http.Header, schema *openapi3.SchemaRef, encoding openapi3filter.EncodingFn) (any, error) {
			raw, err := io.ReadAll(body)
			if err != nil {
				return nil, err
			}
			if len(raw) > 0 && !json.Valid(raw) {
				return nil, &openapi3filter.ParseError{Kind: openapi3filter.KindInvalidFormat, Reason: "not one JSON document"}
			}
			return openapi3filter.JSONBodyDecoder(bytes.NewReader(raw), header, schema, encoding)
		})
})

// input is the request as the contract's filter wants it; nil outside the contract.
func (ct *description) input(c *gin.Context) *openapi3filter.RequestValidationInput {
	route := ct.operations[c.Request.Method+" "+c.FullPath()]
	if route == nil {
		return nil
	}
	params := map[string]string{}
	for _, p := range c.Params {
		params[p.Key] = p.Value
	}
	return &openapi3filter.RequestValidationInput{
		Request: c.Request, PathParams: params, Route: route,
		Options: &openapi3filter.Options{
			MultiError: true, KeepValidatedValue: true,
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
			// Uploads are read as a stream by their handler.
			ExcludeRequestBody: takesUpload(route.Operation),
		},
	}
}

// takesUpload says whether the contract has an operation take a form with a
// file. The request's own Content-Type does not tell: every operation's handler
// reads JSON whatever type it was sent as.
func takesUpload(op *openapi3.Operation) bool {
	return op.RequestBody != nil && op.RequestBody.Value.Content["multipart/form-data"] != nil
}

// validate refuses what does not have the contract's shape.
func (s *server) validate(c *gin.Context) {
	in := s.contract.input(c)
	if in == nil {
		c.Next()
		return
	}
	if _, err := queryOf(c.Request); err != nil {
		s.fail(c, err)
		return
	}
	if err := mediaType(in.Route.Operation, c.Request); err != nil {
		s.fail(c, err)
		return
	}
	if err := openapi3filter.ValidateRequest(c.Request.Context(), in); err != nil {
		s.fail(c, shapeError(err))
		return
	}
	if err := errs.InvalidFields(unknownParameters(in)); err != nil {
		s.fail(c, err)
		return
	}
	if err := errs.InvalidFields(unstorable(in)); err != nil {
		s.fail(c, err)
		return
	}
	c.Next()
}

// mediaType refuses a body of another type than the contract has the operation
// take, as tools send that call all they send a form. Error: errs.WrongType
// "wrong_media_type".
func mediaType(op *openapi3.Operation, r *http.Request) error {
	if op.RequestBody == nil || r.ContentLength == 0 {
		return nil
	}
	wanted := op.RequestBody.Value.Content
	if given, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil && wanted[given] != nil {
		return nil
	}
	return errs.Newp(errs.WrongType, "wrong_media_type", errs.Params{"wanted": strings.Join(slices.Sorted(maps.Keys(wanted)), ", ")})
}

// queryOf are the parameters of an address, all of them. URL.Query leaves out
// what it cannot read, a % of no byte or a part with a semicolon, and who asks
// for q=a;b would take everything there is for what was found. Error:
// errs.Malformed "malformed_request".
func queryOf(r *http.Request) (url.Values, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, errs.Wrap(errs.Malformed, "malformed_request", err)
	}
	return values, nil
}

// unknownParameters are those of a request's query that its operation does not
// have. The filter lets them pass, and who misspells a filter's name would take
// the answer to another question for the one to theirs.
func unknownParameters(in *openapi3filter.RequestValidationInput) []errs.Field {
	var faults []errs.Field
	for _, name := range slices.Sorted(maps.Keys(in.Request.URL.Query())) {
		known := in.Route.Operation.Parameters.GetByInAndName(openapi3.ParameterInQuery, name) != nil ||
			in.Route.PathItem.Parameters.GetByInAndName(openapi3.ParameterInQuery, name) != nil
		if !known {
			faults = append(faults, errs.Field{Path: name, Code: "unknown_field"})
		}
	}
	return faults
}

// unstorable are the texts of a request that no database keeps: PostgreSQL
// refuses U+0000 and what is not UTF-8. JSON's decoder leaves no broken UTF-8;
// paths, queries and headers can have it.
func unstorable(in *openapi3filter.RequestValidationInput) []errs.Field {
	var faults []errs.Field
	check := func(path, s string) {
		if !storable(s) {
			faults = append(faults, errs.Field{Path: path, Code: "wrong_format"})
		}
	}
	for name, value := range in.PathParams {
		check(name, value)
	}
	for name, values := range in.Request.URL.Query() {
		for _, value := range values {
			check(name, value)
		}
	}
	for _, p := range in.Route.Operation.Parameters {
		if p.Value != nil && p.Value.In == openapi3.ParameterInHeader {
			check(p.Value.Name, in.Request.Header.Get(p.Value.Name))
		}
	}
	if body, ok := in.Request.Body.(interface{ ValidatedValue() any }); ok {
		eachText(body.ValidatedValue(), "", check)
	}
	return faults
}

// storable says whether a database of either kind can hold a text.
func storable(s string) bool { return !strings.ContainsRune(s, 0) && utf8.ValidString(s) }

// named is the part of an address outside the contract under which something
// is looked up. What no database can hold is looked up as "", which nothing is
// called: PostgreSQL would fail at the question where SQLite finds nothing.
func named(c *gin.Context, parameter string) string {
	if value := c.Param(parameter); storable(value) {
		return value
	}
	return ""
}

// eachText visits every text of a decoded JSON value with its path
// (components[1].title); the names of properties count as texts.
func eachText(value any, path string, visit func(path, s string)) {
	switch v := value.(type) {
	case string:
		visit(path, v)
	case []any:
		for i, item := range v {
			eachText(item, path+"["+strconv.Itoa(i)+"]", visit)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			visit(path, name)
			at := name
			if path != "" {
				at = path + "." + name
			}
			eachText(v[name], at, visit)
		}
	}
}

// shapeError turns the filter's findings into fields with stable codes.
func shapeError(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return errs.Newp(errs.TooLarge, "body_too_large", errs.Params{"limit_bytes": tooLarge.Limit})
	}
	var fields []errs.Field
	var collect func(err error, prefix string)
	collect = func(err error, prefix string) {
		var multi openapi3.MultiError
		var request *openapi3filter.RequestError
		var schema *openapi3.SchemaError
		switch {
		case errors.As(err, &request) && request.Err != nil && prefix == "":
			if request.Parameter != nil {
				prefix = request.Parameter.Name
			}
			var parse *openapi3filter.ParseError
			if errors.As(request.Err, &parse) && request.Parameter == nil {
				return // an unreadable body: no field to name
			}
			if errors.As(request.Err, &multi) || errors.As(request.Err, &schema) {
				collect(request.Err, prefix)
				return
			}
			if prefix != "" {
				code := "invalid"
				if errors.Is(request.Err, openapi3filter.ErrInvalidRequired) {
					code = "required"
				}
				fields = append(fields, errs.Field{Path: prefix, Code: code})
			}
		case errors.As(err, &multi):
			for _, one := range multi {
				collect(one, prefix)
			}
		case errors.As(err, &schema):
			fields = append(fields, schemaField(schema, prefix))
		}
	}
	if multi, ok := err.(openapi3.MultiError); ok {
		for _, one := range multi {
			collect(one, "")
		}
	} else {
		collect(err, "")
	}
	if len(fields) == 0 {
		return errs.Wrap(errs.Malformed, "malformed_request", err)
	}
	return errs.InvalidFields(fields)
}

// schemaField names one broken rule of the contract by JSON path and code.
func schemaField(e *openapi3.SchemaError, prefix string) errs.Field {
	at := e.JSONPointer()
	if e.SchemaField == "properties" {
		// It points to the object and names the property in its reason.
		unknown := ""
		if _, err := fmt.Sscanf(e.Reason, "property %q is unsupported", &unknown); err == nil {
			return errs.Field{Path: fieldPath(prefix, append(slices.Clone(at), unknown)), Code: "unknown_field"}
		}
	}
	f := errs.Field{Path: fieldPath(prefix, at), Code: schemaCodes[e.SchemaField], Params: schemaParams(e)}
	switch {
	case e.SchemaField == "pattern" && e.Schema != nil && e.Schema.Extensions["x-fault"] != nil:
		f.Code = fmt.Sprint(e.Schema.Extensions["x-fault"]) // which says more than that it is not so
	case f.Code == "":
		f.Code = "invalid"
	case e.SchemaField == "minLength" && f.Params["min"] == uint64(1):
		f.Code, f.Params = "required", nil // an empty text where one is needed
	}
	return f
}

// schemaCodes are the codes of broken keywords.
var schemaCodes = map[string]string{
	"required": "required", "maxLength": "too_long", "minLength": "too_short", "maxItems": "too_many", "minItems": "too_few",
	"enum": "unknown_value", "type": "wrong_type", "nullable": "wrong_type", "pattern": "wrong_format", "format": "wrong_format", "minimum": "out_of_range", "maximum": "out_of_range",
	"additionalProperties": "unknown_field", "properties": "unknown_field", "readOnly": "read_only",
}

// schemaParams are the limits that a broken keyword names.
func schemaParams(e *openapi3.SchemaError) errs.Params {
	schema := e.Schema
	switch {
	case schema == nil: // the filter could not tell which one
		return nil
	case e.SchemaField == "maxLength" && schema.MaxLength != nil:
		return errs.Params{"max": *schema.MaxLength}
	case e.SchemaField == "minLength":
		return errs.Params{"min": schema.MinLength}
	case e.SchemaField == "maxItems" && schema.MaxItems != nil:
		return errs.Params{"max": *schema.MaxItems}
	case e.SchemaField == "minItems":
		return errs.Params{"min": schema.MinItems}
	}
	return nil
}

// fieldPath writes a path of names and places after a prefix: components[1].title.
func fieldPath(prefix string, segments []string) string {
	path := prefix
	for _, seg := range segments {
		switch {
		case seg != "" && strings.Trim(seg, "0123456789") == "":
			path += "[" + seg + "]"
		case path == "":
			path = seg
		default:
			path += "." + seg
		}
	}
	return path
}
