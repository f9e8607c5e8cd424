# Sourced by run: a control plane of one, on the loopback, with everything it writes in $work.

pids=()

stop_all() {
    local pid
    # The last one started is the first one stopped.
    for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
        pid=${pids[i]}
        kill "$pid" 2> /dev/null || continue
        for _ in {1..100}; do
            kill -0 "$pid" 2> /dev/null || break
            sleep 0.1
        done
        kill -9 "$pid" 2> /dev/null || true
    done
    pids=()
}

# background NAME COMMAND…: starts it, with its output in a log.
background() {
    local name=$1
    shift
    "$@" > "$work/$name.log" 2>&1 &
    pids+=($!)
}

# waits_for SECONDS WHAT COMMAND…
waits_for() {
    local deadline=$((SECONDS + $1)) what=$2
    shift 2
    until "$@" > /dev/null 2>&1; do
        if [ $SECONDS -ge $deadline ]; then
            echo "waited in vain for $what"
            tail -n 20 "$work"/*.log
            exit 1
        fi
        sleep 0.3
    done
}

# certificate NAME SUBJECT USAGE
certificate() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/$1.key" -out "$work/$1.csr" -subj "$2" 2> /dev/null
    openssl x509 -req -in "$work/$1.csr" -CA "$work/ca.crt" -CAkey "$work/ca.key" -CAcreateserial -days 2 -out "$work/$1.crt" \
        -extfile <(printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=%s\n' "$3") 2> /dev/null
}

certificates() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/ca.key" -out "$work/ca.crt" -subj /CN=conformance -days 2 2> /dev/null
    certificate server /CN=localhost serverAuth
    certificate webhook-client /CN=kube-apiserver clientAuth
    certificate admin /O=system:masters/CN=admin clientAuth
    certificate controllers /CN=system:kube-controller-manager clientAuth
    openssl genrsa -out "$work/accounts.key" 2048 2> /dev/null
    openssl rsa -in "$work/accounts.key" -pubout -out "$work/accounts.pub" 2> /dev/null
}

# kubeconfig NAME SERVER
kubeconfig() {
    cat > "$work/$1.kubeconfig" << YAML
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "$2", certificate-authority: $work/ca.crt}}]
users: [{name: u, user: {client-certificate: $work/$1.crt, client-key: $work/$1.key}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
YAML
}

# start RBAC|Webhook
start() {
    mode=$1
    local etcd_port peer_port api_port controllers_port webhook_port
    { read -r etcd_port; read -r peer_port; read -r api_port; read -r controllers_port; read -r webhook_port; read -r health_port; } < <(bin/replay ports 6)
    server="https://127.0.0.1:$api_port"
    kubeconfig admin "$server"
    kubeconfig controllers "$server"
    kubeconfig webhook-client "https://127.0.0.1:$webhook_port/authorize"
    export KUBECONFIG="$work/admin.kubeconfig" PATH="$PWD/bin:$PATH"

    background "$mode-etcd" bin/etcd --data-dir "$work/$mode-etcd" --listen-client-urls "http://127.0.0.1:$etcd_port" \
        --advertise-client-urls "http://127.0.0.1:$etcd_port" --listen-peer-urls "http://127.0.0.1:$peer_port" \
        --initial-advertise-peer-urls "http://127.0.0.1:$peer_port" --initial-cluster "default=http://127.0.0.1:$peer_port"
    local authorization=(--authorization-mode=RBAC)
    if [ "$mode" = Webhook ]; then
        authorization=(--authorization-config="$work/authorization.yaml")
        authorization_config
        start_webhook "$webhook_port"
    fi
    background "$mode-apiserver" bin/kube-apiserver --etcd-servers="http://127.0.0.1:$etcd_port" --bind-address=127.0.0.1 \
        --secure-port="$api_port" --advertise-address=192.0.2.1 --endpoint-reconciler-type=none --cert-dir="$work" \
        --tls-cert-file="$work/server.crt" --tls-private-key-file="$work/server.key" --client-ca-file="$work/ca.crt" \
        --service-account-issuer=https://kubernetes.default.svc --service-account-signing-key-file="$work/accounts.key" \
        --service-account-key-file="$work/accounts.pub" --service-cluster-ip-range=10.0.0.0/24 "${authorization[@]}"
    waits_for 300 "the API server" kubectl get --raw /readyz
    default_policy
    sync_policy
    background "$mode-controllers" bin/kube-controller-manager --kubeconfig="$work/controllers.kubeconfig" --bind-address=127.0.0.1 \
        --secure-port="$controllers_port" --cert-dir="$work" --leader-elect=false --use-service-account-credentials=true --service-account-private-key-file="$work/accounts.key" \
        --root-ca-file="$work/ca.crt" --controllers=clusterrole-aggregation-controller,serviceaccount-controller,serviceaccount-token-controller
    waits_for 300 "the aggregated roles" aggregated
    waits_for 300 "the default service account" kubectl get serviceaccount default
    sync_policy
    [ "$mode" = Webhook ] || sed 's/"resourceVersion": "[^"]*"/"resourceVersion": ""/' "$work/policy.json" > "$work/default.json"
}

# A server writes the default policy only if RBAC is one of its authorizers: the second one gets that of the first.
default_policy() {
    if [ "$mode" = Webhook ]; then
        waits_for 60 "the namespaces" kubectl get namespace kube-system kube-public default
        kubectl create -f "$work/default.json" > /dev/null
    else
        # The last object that is written.
        waits_for 300 "the default policy" kubectl get rolebinding -n kube-public system:controller:bootstrap-signer
    fi
}

# The controllers ask the webhook too, while they work.
aggregated() {
    sync_policy
    kubectl get clusterrole admin -o yaml | grep -q 'pods/exec'
}

authorization_config() {
    cat > "$work/authorization.yaml" << YAML
apiVersion: apiserver.config.k8s.io/v1
kind: AuthorizationConfiguration
authorizers:
- type: Webhook
  name: rbac
  webhook:
    timeout: 10s
    authorizedTTL: 1ns
    unauthorizedTTL: 1ns
    subjectAccessReviewVersion: v1
    matchConditionSubjectAccessReviewVersion: v1
    failurePolicy: NoOpinion
    connectionInfo: {type: KubeConfigFile, kubeConfigFile: $work/webhook-client.kubeconfig}
YAML
}

# start_webhook PORT: it starts before the cluster has any policy.
start_webhook() {
    echo '{"apiVersion": "v1", "kind": "List", "items": []}' > "$work/policy.json"
    background "$mode-webhook" "$webhook" --policy "$work/policy.json" --tls-cert "$work/server.crt" --tls-key "$work/server.key" \
        --client-ca "$work/ca.crt" --listen "127.0.0.1:$1" --health "127.0.0.1:$health_port"
    waits_for 60 "the webhook" curl -sf "http://127.0.0.1:$health_port/readyz"
}

policies_read() {
    curl -s "http://127.0.0.1:$health_port/metrics" | sed -n 's/^webhook_policies_read_total //p'
}

# Brings the policy of the cluster to the webhook, if it has changed.
sync_policy() {
    kubectl get roles,clusterroles,rolebindings,clusterrolebindings -A -o json > "$work/dump.json"
    [ "$mode" = Webhook ] || { mv "$work/dump.json" "$work/policy.json"; return 0; }
    cmp -s "$work/dump.json" "$work/policy.json" && return 0
    local before
    before=$(policies_read)
    mv "$work/dump.json" "$work/policy.json"
    waits_for 30 "the webhook to read the policy" newer_than "$before"
}

newer_than() {
    [ "$(policies_read)" -gt "$1" ]
}

ask_reviews() {
    bin/replay ask "$server" "$work/ca.crt" "$work/admin.crt" "$work/admin.key"
}
