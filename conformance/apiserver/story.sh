# Sourced by run: what is told to both servers. Every command is shown with its output and its exit code.

k() {
    [ "$mode" = RBAC ] || sync_policy
    printf '$ kubectl %s\n' "$*"
    kubectl "$@" 2>&1
    printf '[exit %d]\n\n' $?
}

# The controllers answer a change within moments.
settle() {
    sleep 3
}

builder=--as=system:serviceaccount:default:builder

# The identity, and what it may do by itself.
k create serviceaccount builder
k get pods $builder
k auth can-i list pods $builder
k auth whoami $builder
k get --raw /version $builder
k get --raw /metrics $builder
k get --raw /logs/ --as=system:anonymous --as-group=system:unauthenticated
k get --raw /healthz --as=system:anonymous --as-group=system:unauthenticated

# A role for it, in one namespace.
k create rolebinding builder-edit --clusterrole=edit --serviceaccount=default:builder
k auth can-i create deployments $builder
k auth can-i create deployments.apps $builder -n kube-system
k auth can-i get pods --subresource=log $builder
k auth can-i get pods/web $builder
k auth can-i get nodes $builder
k auth can-i get nosuch $builder
k auth can-i get /healthz $builder
k auth can-i get /logs/ $builder
k auth can-i '*' '*' $builder
k auth can-i list pods -A $builder
k auth can-i list pods -q $builder
k auth can-i frob pods $builder
k get pods $builder
k get secrets -n kube-system $builder
k get nodes $builder
k get deployments -A $builder
k get pod web -n kube-system $builder
k delete namespace default $builder
k get --raw /metrics $builder
k create configmap settings --from-literal=a=b $builder
k get configmaps $builder
k delete configmap settings $builder

# It would like more.
k create role escalate-me '--verb=*' --resource=secrets $builder
k create clusterrole escalate-me --verb=get --resource=nodes $builder
k create clusterrolebinding escalate-me --clusterrole=cluster-admin --serviceaccount=default:builder $builder
k create rolebinding builder-admin --clusterrole=admin --serviceaccount=default:builder
k create role ok --verb=get --resource=pods $builder
k create role escalate-me --verb=get,list --resource=secrets --resource=nodes $builder
k create rolebinding bind-admin --clusterrole=cluster-admin --user=mallory $builder
k create rolebinding bind-view --clusterrole=view --user=mallory $builder
k create rolebinding bind-missing --clusterrole=nosuch --user=mallory $builder
k create rolebinding bind-missing --clusterrole=nosuch --user=mallory
k auth can-i get pods --as=mallory
k auth can-i get secrets --as=mallory
k get secrets --as=mallory
k get pods --as=mallory --as-group=system:masters
k get secrets --as=mallory $builder

# What the API server refuses to store.
k apply -f - << 'YAML'
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: bind-view, namespace: default}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: mallory}]
YAML
k apply -f - << 'YAML'
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: bad}
roleRef: {apiGroup: wrong, kind: Role, name: "a/b"}
subjects: [{kind: ServiceAccount, name: Bad_Name}, {kind: user, name: x}, {kind: Group, name: ""}]
YAML

# Rules for one name, for subresources and for paths; groups; and names with quotes in them.
k apply -f - << 'YAML'
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: odd, namespace: default}
rules:
- {apiGroups: [""], resources: [secrets], resourceNames: [one], verbs: [get, delete]}
- {apiGroups: [""], resources: ["*/log", "pods/*"], verbs: ["*"]}
- {apiGroups: [apps], resources: [deployments/scale], verbs: [get, update]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: odd, namespace: default}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: odd}
subjects:
- {kind: Group, apiGroup: rbac.authorization.k8s.io, name: "dev \"team\""}
- {kind: User, apiGroup: rbac.authorization.k8s.io, name: "Jöe\\"}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: paths}
rules:
- {nonResourceURLs: [/metrics, /logs/*], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: paths}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: paths}
subjects: [{kind: ServiceAccount, name: builder, namespace: default}]
YAML
k auth can-i get secrets/one --as=jane '--as-group=dev "team"'
k auth can-i get secrets/two --as=jane '--as-group=dev "team"'
k auth can-i get secrets --as=jane '--as-group=dev "team"'
k get secret one --as='Jöe\'
k get secret two --as='Jöe\'
k auth can-i get pods --subresource=log --as=jane '--as-group=dev "team"'
k auth can-i get pods '--subresource=*' --as=jane '--as-group=dev "team"'
k auth can-i update deployments --subresource=scale --as='Jöe\'
k get --raw /metrics --as=jane '--as-group=dev "team"'
k auth can-i get /logs/x $builder
k auth can-i get /metrics $builder

# An aggregated role takes a new rule in, and gives it up again.
k apply -f - << 'YAML'
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: extra-view, labels: {rbac.authorization.k8s.io/aggregate-to-view: "true"}}
rules:
- {apiGroups: [example.com], resources: [widgets], verbs: [get]}
YAML
settle
k auth can-i get widgets.example.com --as=mallory
k delete clusterrole extra-view
settle
k auth can-i get widgets.example.com --as=mallory

# What is taken away is gone at once.
k delete rolebinding builder-edit
k delete rolebinding builder-admin
k get pods $builder
k delete serviceaccount builder
k auth can-i get /metrics $builder
