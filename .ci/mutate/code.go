package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// opposite is what an operator is inverted to.
var opposite = map[token.Token]string{
	token.EQL: "!=", token.NEQ: "==", token.LSS: ">=", token.GEQ: "<", token.GTR: "<=", token.LEQ: ">", token.LAND: "||", token.LOR: "&&",
}

// code finds the rules of the room's Go files, tests aside.
func code(root string) ([]mutant, error) {
	names, err := filepath.Glob(filepath.Join(root, "*.go"))
	if err != nil {
		return nil, err
	}
	var all []mutant
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, source, 0)
		if err != nil {
			return nil, err
		}
		replace := func(from, to token.Pos, with string) {
			a, b := fset.Position(from), fset.Position(to)
			body := append([]byte{}, source[:a.Offset]...)
			body = append(append(body, with...), source[b.Offset:]...)
			all = append(all, mutant{name, a.Line, string(source[a.Offset:b.Offset]), with, body})
		}
		negate := func(e ast.Expr) {
			if _, ok := e.(*ast.BinaryExpr); !ok { // a comparison is inverted as such
				replace(e.Pos(), e.End(), "!("+string(source[fset.Position(e.Pos()).Offset:fset.Position(e.End()).Offset])+")")
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.IfStmt:
				negate(n.Cond)
			case *ast.SwitchStmt:
				if n.Tag == nil {
					for _, clause := range n.Body.List {
						for _, e := range clause.(*ast.CaseClause).List {
							negate(e)
						}
					}
				}
			case *ast.BinaryExpr:
				if with, ok := opposite[n.Op]; ok {
					replace(n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), with)
				}
			}
			return true
		})
	}
	return all, nil
}
