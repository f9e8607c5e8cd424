package main

// What the controllers around RBAC write: reconciliation, and the admission of Pods.

import (
	"context"
	"fmt"
	"reflect"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	utilrand "k8s.io/apimachinery/pkg/util/rand"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/component-helpers/auth/rbac/reconciliation"
	api "k8s.io/kubernetes/pkg/apis/core"
	corev1conv "k8s.io/kubernetes/pkg/apis/core/v1"
	"k8s.io/kubernetes/plugin/pkg/admission/serviceaccount"
)

type reconcileCase struct {
	Existing         *rbacv1.ClusterRole        `json:"existing,omitempty"`
	Expected         *rbacv1.ClusterRole        `json:"expected,omitempty"`
	ExistingBinding  *rbacv1.ClusterRoleBinding `json:"existingBinding,omitempty"`
	ExpectedBinding  *rbacv1.ClusterRoleBinding `json:"expectedBinding,omitempty"`
	RemoveExtra      bool                       `json:"removeExtra"`
	Result           any                        `json:"result"`
	Operation        string                     `json:"operation"`
	Protected        bool                       `json:"protected"`
	MissingRules     []rbacv1.PolicyRule        `json:"missingRules,omitempty"`
	ExtraRules       []rbacv1.PolicyRule        `json:"extraRules,omitempty"`
	MissingSelectors []metav1.LabelSelector     `json:"missingSelectors,omitempty"`
	ExtraSelectors   []metav1.LabelSelector     `json:"extraSelectors,omitempty"`
	MissingSubjects  []rbacv1.Subject           `json:"missingSubjects,omitempty"`
	ExtraSubjects    []rbacv1.Subject           `json:"extraSubjects,omitempty"`
}

type oneRole struct{ role *rbacv1.ClusterRole }

func (o oneRole) Get(_, name string) (reconciliation.RuleOwner, error) {
	if o.role == nil {
		return nil, apierrors.NewNotFound(schema.GroupResource{}, name)
	}
	return reconciliation.ClusterRoleRuleOwner{ClusterRole: o.role}, nil
}
func (o oneRole) Create(r reconciliation.RuleOwner) (reconciliation.RuleOwner, error) { return r, nil }
func (o oneRole) Update(r reconciliation.RuleOwner) (reconciliation.RuleOwner, error) { return r, nil }

type oneBinding struct{ binding *rbacv1.ClusterRoleBinding }

func (o oneBinding) Get(_, name string) (reconciliation.RoleBinding, error) {
	if o.binding == nil {
		return nil, apierrors.NewNotFound(schema.GroupResource{}, name)
	}
	return reconciliation.ClusterRoleBindingAdapter{ClusterRoleBinding: o.binding}, nil
}
func (o oneBinding) Delete(_, _ string, _ types.UID) error { return nil }
func (o oneBinding) Create(b reconciliation.RoleBinding) (reconciliation.RoleBinding, error) {
	return b, nil
}
func (o oneBinding) Update(b reconciliation.RoleBinding) (reconciliation.RoleBinding, error) {
	return b, nil
}

// Maps are nil or hold something: an empty one that is there is no part of the model.
func (g *gen) marks(annotation bool) map[string]string {
	var m map[string]string
	for _, k := range []string{"a", "b"} {
		if g.Intn(3) == 0 {
			if m == nil {
				m = map[string]string{}
			}
			m[k] = g.pick([]string{"1", "2"})
		}
	}
	if annotation && g.Intn(4) == 0 {
		if m == nil {
			m = map[string]string{}
		}
		m[rbacv1.AutoUpdateAnnotationKey] = g.pick([]string{"true", "false", "False"})
	}
	return m
}

func (g *gen) aggregation() *rbacv1.AggregationRule {
	if g.Intn(2) == 0 {
		return nil
	}
	r := &rbacv1.AggregationRule{}
	for i := g.Intn(3); i > 0; i-- {
		s := metav1.LabelSelector{}
		if g.Intn(5) > 0 {
			s.MatchLabels = map[string]string{g.pick([]string{"x", "y", "z"}): "1"}
		}
		r.ClusterRoleSelectors = append(r.ClusterRoleSelectors, s)
	}
	return r
}

func (g *gen) clusterRole() *rbacv1.ClusterRole {
	return &rbacv1.ClusterRole{
		ObjectMeta: metav1.ObjectMeta{Name: "r", Labels: g.marks(false), Annotations: g.marks(true)},
		Rules:      g.rules(), AggregationRule: g.aggregation(),
	}
}

func (g *gen) clusterRoleBinding() *rbacv1.ClusterRoleBinding {
	ref := rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "r"}
	if g.Intn(6) == 0 {
		ref.Name = "other"
	}
	return &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "b", Labels: g.marks(false), Annotations: g.marks(true)},
		Subjects:   g.subjects(), RoleRef: ref,
	}
}

func genReconcile(seed int64, n int) {
	lines(n, func(i int) any {
		g := newGen(seed, i)
		c := reconcileCase{RemoveExtra: g.Intn(2) == 0}
		if g.Intn(2) == 0 {
			c.Expected = g.clusterRole()
			if g.Intn(8) > 0 {
				c.Existing = g.clusterRole()
				if g.Intn(2) == 0 {
					c.Existing.Rules = append(append([]rbacv1.PolicyRule{}, c.Expected.Rules...), g.rules()...)
				}
			}
			o := reconciliation.ReconcileRoleOptions{
				Role:                   reconciliation.ClusterRoleRuleOwner{ClusterRole: c.Expected.DeepCopy()},
				RemoveExtraPermissions: c.RemoveExtra, Client: oneRole{c.Existing},
			}
			r, err := o.Run()
			if err != nil {
				panic(err)
			}
			c.Result, c.Operation, c.Protected = r.Role.GetObject(), string(r.Operation), r.Protected
			c.MissingRules, c.ExtraRules = r.MissingRules, r.ExtraRules
			c.MissingSelectors, c.ExtraSelectors = r.MissingAggregationRuleSelectors, r.ExtraAggregationRuleSelectors
			return c
		}
		c.ExpectedBinding = g.clusterRoleBinding()
		if g.Intn(8) > 0 {
			c.ExistingBinding = g.clusterRoleBinding()
			if g.Intn(2) == 0 {
				c.ExistingBinding.Subjects = append(append([]rbacv1.Subject{}, c.ExpectedBinding.Subjects...), g.subjects()...)
			}
		}
		o := reconciliation.ReconcileRoleBindingOptions{
			RoleBinding:         reconciliation.ClusterRoleBindingAdapter{ClusterRoleBinding: c.ExpectedBinding.DeepCopy()},
			RemoveExtraSubjects: c.RemoveExtra, Client: oneBinding{c.ExistingBinding},
		}
		r, err := o.Run()
		if err != nil {
			panic(err)
		}
		c.Result, c.Operation, c.Protected = r.RoleBinding.GetObject(), string(r.Operation), r.Protected
		c.MissingSubjects, c.ExtraSubjects = r.MissingSubjects, r.ExtraSubjects
		return c
	})
}

type admissionCase struct {
	Accounts []corev1.ServiceAccount `json:"accounts"`
	Pod      *corev1.Pod             `json:"pod"`
	Admitted *corev1.Pod             `json:"admitted,omitempty"`
	Error    string                  `json:"error,omitempty"`
}

var secretNames = []string{"", "s", "t", "u.v"}

func (g *gen) container(name string) corev1.Container {
	c := corev1.Container{Name: name}
	for i := g.Intn(3); i > 0; i-- {
		e := corev1.EnvVar{Name: g.pick([]string{"E", "F"})}
		if g.Intn(2) == 0 {
			e.ValueFrom = &corev1.EnvVarSource{}
			if g.Intn(3) > 0 {
				e.ValueFrom.SecretKeyRef = &corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: g.pick(secretNames)}, Key: "k"}
			}
		}
		c.Env = append(c.Env, e)
	}
	if g.Intn(4) == 0 {
		c.EnvFrom = append(c.EnvFrom, corev1.EnvFromSource{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: g.pick(secretNames)}}})
	}
	if g.Intn(3) == 0 {
		c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: "v", MountPath: g.pick([]string{
			"/x", serviceaccount.DefaultAPITokenMountPath, serviceaccount.DefaultAPITokenMountPath + "/"})})
	}
	return c
}

func (g *gen) volume() corev1.Volume {
	v := corev1.Volume{Name: g.pick([]string{"v", "kube-api-access", "kube-api-access-", "kube-api-access-mine"})}
	ref := &corev1.LocalObjectReference{Name: g.pick(secretNames)}
	switch g.Intn(8) {
	case 0, 1:
		v.Secret = &corev1.SecretVolumeSource{SecretName: ref.Name}
	case 2:
		v.Projected = &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{{Secret: &corev1.SecretProjection{LocalObjectReference: *ref}}}}
	case 3:
		v.Projected = &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Path: "t"}}}}
	case 4:
		v.CSI = &corev1.CSIVolumeSource{Driver: "d", NodePublishSecretRef: ref}
	case 5:
		v.AzureFile = &corev1.AzureFileVolumeSource{SecretName: ref.Name, ShareName: "s"}
	default:
		v.EmptyDir = &corev1.EmptyDirVolumeSource{}
	}
	return v
}

func (g *gen) maybe() *bool {
	if g.Intn(2) == 0 {
		return nil
	}
	b := g.Intn(2) == 0
	return &b
}

func (g *gen) pulls() []corev1.LocalObjectReference {
	var l []corev1.LocalObjectReference
	for i := g.Intn(3) - g.Intn(2); i > 0; i-- {
		l = append(l, corev1.LocalObjectReference{Name: g.pick([]string{"p", "q"})})
	}
	return l
}

func (g *gen) pod() *corev1.Pod {
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "ns"}}
	if g.Intn(6) > 0 {
		p.Name = "p"
	} else if g.Intn(2) == 0 {
		p.GenerateName = "web-"
	}
	if g.Intn(3) > 0 {
		p.Spec.ServiceAccountName = g.pick([]string{"default", "a", "a", "gone\"x"})
	}
	if g.Intn(5) == 0 {
		p.Annotations = map[string]string{"kubernetes.io/config.mirror": ""}
	}
	p.Spec.AutomountServiceAccountToken = g.maybe()
	p.Spec.ImagePullSecrets = g.pulls()
	for i := g.Intn(3); i > 0; i-- {
		p.Spec.Volumes = append(p.Spec.Volumes, g.volume())
	}
	for i := g.Intn(2); i > 0; i-- {
		p.Spec.InitContainers = append(p.Spec.InitContainers, g.container("i"))
	}
	for i := g.Intn(3); i > 0; i-- {
		p.Spec.Containers = append(p.Spec.Containers, g.container(fmt.Sprintf("c%d", i)))
	}
	return p
}

func (g *gen) account(name string) corev1.ServiceAccount {
	a := corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: name}, AutomountServiceAccountToken: g.maybe(), ImagePullSecrets: g.pulls()}
	for _, s := range []string{"s", "t"} {
		if g.Intn(2) == 0 {
			a.Secrets = append(a.Secrets, corev1.ObjectReference{Name: s})
		}
	}
	if g.Intn(2) == 0 {
		a.Annotations = map[string]string{serviceaccount.EnforceMountableSecretsAnnotation: g.pick([]string{"true", "T", "1", "yes", "false", ""})}
	}
	return a
}

func genAdmission(seed int64, n int) {
	resource, kind := api.Resource("pods").WithVersion("version"), api.Kind("Pod").WithVersion("version")
	lines(n, func(i int) any {
		g := newGen(seed, i)
		utilrand.Seed(seed + int64(i)) // the names of volumes
		c := admissionCase{Pod: g.pod()}
		client := fake.NewClientset()
		factory := informers.NewSharedInformerFactory(client, 0)
		plugin := serviceaccount.NewServiceAccount()
		plugin.SetExternalKubeClientSet(client)
		plugin.SetExternalKubeInformerFactory(factory)
		store := factory.Core().V1().ServiceAccounts().Informer().GetStore()
		c.Accounts = []corev1.ServiceAccount{g.account("default"), g.account("a")}
		for j := range c.Accounts {
			store.Add(&c.Accounts[j])
		}
		pod := &api.Pod{}
		if err := corev1conv.Convert_v1_Pod_To_core_Pod(c.Pod.DeepCopy(), pod, nil); err != nil {
			panic(err)
		}
		attrs := admission.NewAttributesRecord(pod, nil, kind, "ns", pod.Name, resource, "", admission.Create, &metav1.CreateOptions{}, false, nil)
		if err := plugin.Admit(context.Background(), attrs, nil); err != nil {
			c.Error = err.Error()
			return c
		}
		c.Admitted = &corev1.Pod{}
		if err := corev1conv.Convert_core_Pod_To_v1_Pod(pod, c.Admitted, nil); err != nil {
			panic(err)
		}
		unfilled(&c.Admitted.Spec)
		return c
	})
}

// unfilled takes back what the conversion of a Pod, and not the plugin, filled in before 1.37.
func unfilled(spec *corev1.PodSpec) {
	spec.DeprecatedServiceAccount = ""
	if spec.SecurityContext != nil && reflect.DeepEqual(*spec.SecurityContext, corev1.PodSecurityContext{}) {
		spec.SecurityContext = nil
	}
	for _, volume := range spec.Volumes {
		if volume.Projected == nil {
			continue
		}
		for _, source := range volume.Projected.Sources {
			if token := source.ServiceAccountToken; token != nil && token.ExpirationSeconds != nil && *token.ExpirationSeconds == 0 {
				token.ExpirationSeconds = nil
			}
		}
	}
}
