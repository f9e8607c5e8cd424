package main

import (
	"context"
	"encoding/json"
	"os"

	authorizationv1 "k8s.io/api/authorization/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac"
)

// policy is what `kubectl get roles,clusterroles,rolebindings,clusterrolebindings -A -o json` lists.
type policy struct {
	roles           map[string]*rbacv1.Role
	clusterRoles    map[string]*rbacv1.ClusterRole
	bindings        []*rbacv1.RoleBinding
	clusterBindings []*rbacv1.ClusterRoleBinding
}

func readPolicy(path string) (*policy, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var list struct{ Items []json.RawMessage }
	if err := json.Unmarshal(text, &list); err != nil {
		return nil, err
	}
	p := &policy{roles: map[string]*rbacv1.Role{}, clusterRoles: map[string]*rbacv1.ClusterRole{}}
	for _, item := range list.Items {
		if err := p.add(item); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *policy) add(item json.RawMessage) (err error) {
	var meta struct{ Kind string }
	if err := json.Unmarshal(item, &meta); err != nil {
		return err
	}
	switch meta.Kind {
	case "Role":
		x := &rbacv1.Role{}
		err = json.Unmarshal(item, x)
		p.roles[x.Namespace+"/"+x.Name] = x
	case "ClusterRole":
		x := &rbacv1.ClusterRole{}
		err = json.Unmarshal(item, x)
		p.clusterRoles[x.Name] = x
	case "RoleBinding":
		x := &rbacv1.RoleBinding{}
		err = json.Unmarshal(item, x)
		p.bindings = append(p.bindings, x)
	case "ClusterRoleBinding":
		x := &rbacv1.ClusterRoleBinding{}
		err = json.Unmarshal(item, x)
		p.clusterBindings = append(p.clusterBindings, x)
	}
	return err
}

func (p *policy) rules(ref rbacv1.RoleRef, namespace string) []rbacv1.PolicyRule {
	if x := p.roles[namespace+"/"+ref.Name]; ref.Kind == "Role" && x != nil {
		return x.Rules
	}
	if x := p.clusterRoles[ref.Name]; ref.Kind == "ClusterRole" && x != nil {
		return x.Rules
	}
	return nil
}

// reasons are those of all the bindings that allow a review: upstream's authorizer is asked with each binding alone.
func (p *policy) reasons(spec authorizationv1.SubjectAccessReviewSpec) map[string]bool {
	found := map[string]bool{}
	ask := func(one single) {
		d, reason, _ := rbac.New(one, one, one, one).Authorize(context.Background(), attributes(spec))
		if d == authorizer.DecisionAllow {
			found[reason] = true
		}
	}
	for _, b := range p.clusterBindings {
		ask(single{policy: p, clusterBinding: b})
	}
	for _, b := range p.bindings {
		ask(single{policy: p, binding: b})
	}
	return found
}

func attributes(spec authorizationv1.SubjectAccessReviewSpec) authorizer.AttributesRecord {
	at := authorizer.AttributesRecord{User: &user.DefaultInfo{Name: spec.User, Groups: spec.Groups}}
	if r := spec.ResourceAttributes; r != nil {
		at.ResourceRequest = true
		at.Verb, at.Namespace, at.APIGroup, at.Resource, at.Subresource, at.Name = r.Verb, r.Namespace, r.Group, r.Resource, r.Subresource, r.Name
	} else if n := spec.NonResourceAttributes; n != nil {
		at.Verb, at.Path = n.Verb, n.Path
	}
	return at
}

// single is a policy of one binding and all roles.
type single struct {
	*policy
	clusterBinding *rbacv1.ClusterRoleBinding
	binding        *rbacv1.RoleBinding
}

func (s single) GetRole(_ context.Context, namespace, name string) (*rbacv1.Role, error) {
	if r := s.roles[namespace+"/"+name]; r != nil {
		return r, nil
	}
	return nil, apierrors.NewNotFound(rbacv1.Resource("role"), name)
}

func (s single) GetClusterRole(_ context.Context, name string) (*rbacv1.ClusterRole, error) {
	if r := s.clusterRoles[name]; r != nil {
		return r, nil
	}
	return nil, apierrors.NewNotFound(rbacv1.Resource("clusterrole"), name)
}

func (s single) ListRoleBindings(_ context.Context, namespace string) ([]*rbacv1.RoleBinding, error) {
	if s.binding != nil && s.binding.Namespace == namespace {
		return []*rbacv1.RoleBinding{s.binding}, nil
	}
	return nil, nil
}

func (s single) ListClusterRoleBindings(context.Context) ([]*rbacv1.ClusterRoleBinding, error) {
	if s.clusterBinding != nil {
		return []*rbacv1.ClusterRoleBinding{s.clusterBinding}, nil
	}
	return nil, nil
}
