package message_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// codes are what the program's source says: each problem and field code with
// a place where it stands, and every string literal.
type codes struct {
	problems, fields map[string]string
	literals         map[string]bool
}

// codeShape tells a code from other texts.
var codeShape = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// codesOfProgram reads all Go source but tests and what is generated. A
// problem's code is an argument of errs.New, Newp or Wrap. A field's code is
// the Code of a composite literal that has a Path, and what is passed to a
// function that takes a place (path, field, key) and then a code.
func codesOfProgram(t *testing.T) codes {
	t.Helper()
	out := codes{problems: map[string]string{}, fields: map[string]string{}, literals: map[string]bool{}}
	files := parseProgram(t)
	constants, takers := map[string]string{}, map[string]map[int]bool{}
	for _, f := range files {
		collectConstants(f.tree, constants)
		collectTakers(f, takers)
	}
	for _, f := range files {
		note := func(into map[string]string, e ast.Expr) {
			if text, ok := valueOf(e, constants); ok && codeShape.MatchString(text) {
				into[text] = f.name
			}
		}
		ast.Inspect(f.tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if text, err := strconv.Unquote(n.Value); n.Kind == token.STRING && err == nil {
					out.literals[text] = true
				}
			case *ast.CompositeLit:
				keyed := map[string]ast.Expr{}
				for _, element := range n.Elts {
					if kv, ok := element.(*ast.KeyValueExpr); ok {
						if key, ok := kv.Key.(*ast.Ident); ok {
							keyed[key.Name] = kv.Value
						}
					}
				}
				if keyed["Path"] != nil && keyed["Code"] != nil {
					note(out.fields, keyed["Code"])
				}
			case *ast.CallExpr:
				name, of := callee(n)
				if of == "errs" && (name == "New" || name == "Newp" || name == "Wrap") {
					note(out.problems, n.Args[1])
					return true
				}
				for place := range takers[takerKey(f, name)] {
					if place < len(n.Args) {
						note(out.fields, n.Args[place])
					}
				}
			}
			return true
		})
	}
	for _, match := range raised.FindAllStringSubmatch(readMigrations(t), -1) {
		out.literals[match[1]] = true
		out.problems[match[1]] = "internal/store/migrations"
	}
	if len(out.problems) < 50 || len(out.fields) < 50 {
		t.Fatalf("only %d problems and %d field codes were found in the source", len(out.problems), len(out.fields))
	}
	return out
}

// raised is how triggers refuse a write, on either engine.
var raised = regexp.MustCompile(`(?:RAISE\(ABORT, |refuse\()'([a-z_]+)'\)`)

func readMigrations(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	names, err := filepath.Glob("../store/migrations/*.sql")
	if err != nil || len(names) == 0 {
		t.Fatalf("no migrations: %v", err)
	}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(raw)
	}
	return all.String()
}

type sourceFile struct {
	name string
	tree *ast.File
}

func parseProgram(t *testing.T) []sourceFile {
	t.Helper()
	var out []sourceFile
	set := token.NewFileSet()
	for _, root := range []string{"../../internal", "../../cmd"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") ||
				strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".gen.go") {
				return err
			}
			tree, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
			out = append(out, sourceFile{strings.TrimPrefix(path, "../../"), tree})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// collectConstants finds the named texts that codes are given by.
func collectConstants(tree *ast.File, into map[string]string) {
	ast.Inspect(tree, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		for i, value := range spec.Values {
			if text, ok := valueOf(value, nil); ok {
				into[spec.Names[i].Name] = text
			}
		}
		return true
	})
}

// takerKey names a function in all files that can call it by that name alone.
func takerKey(f sourceFile, name string) string {
	if ast.IsExported(name) {
		return name
	}
	return filepath.Dir(f.name) + "." + name
}

// collectTakers finds the places of codes in the parameters of functions.
func collectTakers(f sourceFile, into map[string]map[int]bool) {
	take := func(name string, kind *ast.FuncType) {
		if name == "Code" {
			return // listing.Faults.Code takes the code of a taxonomy
		}
		place, ofField := 0, false
		for _, parameter := range kind.Params.List {
			for _, id := range parameter.Names {
				switch id.Name {
				case "path", "field", "key":
					ofField = true
				case "code":
					if key := takerKey(f, name); ofField {
						if into[key] == nil {
							into[key] = map[int]bool{}
						}
						into[key][place] = true
					}
				}
				place++
			}
		}
	}
	ast.Inspect(f.tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			take(n.Name.Name, n.Type)
		case *ast.AssignStmt:
			for i, value := range n.Rhs {
				if f, ok := value.(*ast.FuncLit); ok && i < len(n.Lhs) {
					if id, ok := n.Lhs[i].(*ast.Ident); ok {
						take(id.Name, f.Type)
					}
				}
			}
		}
		return true
	})
}

// callee is the name of the called function and of what stands before its dot.
func callee(call *ast.CallExpr) (name, of string) {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name, ""
	case *ast.SelectorExpr:
		if id, ok := f.X.(*ast.Ident); ok {
			of = id.Name
		}
		return f.Sel.Name, of
	}
	return "", ""
}

// valueOf is the text of a literal, or of a constant by its name.
func valueOf(e ast.Expr, constants map[string]string) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.Ident:
		text, ok := constants[e.Name]
		return text, ok
	case *ast.SelectorExpr:
		text, ok := constants[e.Sel.Name]
		return text, ok
	}
	return "", false
}
