package web

import (
	"html/template"
	"text/template/parse"
)

// fold replaces what is the same for every reader of a language by plain text: {{t "Simpan"}}, {{icon "home"}}, {{asset
// "app.css"}} with one literal and nothing else. A page says some forty of them, and calling a function from a template costs
// about a microsecond. It runs before html/template escapes, so the sentence is escaped here, in a form that is right in text
// and in a quoted attribute, the only places where words stand.
func (e *Engine) fold(lang string, node parse.Node) error {
	switch n := node.(type) {
	case *parse.ListNode:
		if n == nil {
			return nil
		}
		for i, child := range n.Nodes {
			text, ok, err := e.constant(lang, child)
			if err != nil {
				return err
			}
			if ok {
				n.Nodes[i] = &parse.TextNode{NodeType: parse.NodeText, Pos: child.Position(), Text: []byte(text)}
				continue
			}
			if err := e.fold(lang, child); err != nil {
				return err
			}
		}
	case *parse.IfNode:
		return e.foldBranch(lang, &n.BranchNode)
	case *parse.RangeNode:
		return e.foldBranch(lang, &n.BranchNode)
	case *parse.WithNode:
		return e.foldBranch(lang, &n.BranchNode)
	}
	return nil
}

func (e *Engine) foldBranch(lang string, n *parse.BranchNode) error {
	if err := e.fold(lang, n.List); err != nil {
		return err
	}
	return e.fold(lang, n.ElseList)
}

// constant answers the text of an action that always says the same.
func (e *Engine) constant(lang string, node parse.Node) (string, bool, error) {
	action, ok := node.(*parse.ActionNode)
	if !ok || len(action.Pipe.Decl) > 0 || len(action.Pipe.Cmds) != 1 || len(action.Pipe.Cmds[0].Args) != 2 {
		return "", false, nil
	}
	args := action.Pipe.Cmds[0].Args
	name, ok1 := args[0].(*parse.IdentifierNode)
	literal, ok2 := args[1].(*parse.StringNode)
	if !ok1 || !ok2 {
		return "", false, nil
	}
	switch name.Ident {
	case "t":
		return template.HTMLEscapeString(e.words.say(lang, literal.Text)), true, nil
	case "icon":
		svg, err := e.icon(literal.Text)
		return string(svg), true, err
	case "asset":
		address, err := e.assetURL(literal.Text)
		return template.HTMLEscapeString(address), true, err
	}
	return "", false, nil
}
