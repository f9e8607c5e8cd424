# Sourced by run: the programs, built once into bin/.

build() {
    mkdir -p bin
    kubernetes
    etcd
    go build -o bin/replay ./replay
    cargo build --quiet --release --manifest-path ../../examples/webhook/Cargo.toml
    webhook=../../examples/webhook/target/release/webhook
    [ -z "${CARGO_TARGET_DIR:-}" ] || webhook=$CARGO_TARGET_DIR/release/webhook
}

kubernetes() {
    local release flags="-s -w" package program
    release=$(sed -n 's/^\tk8s.io\/kubernetes v\([0-9.]*\).*/\1/p' go.mod)
    # The servers tell this version, and refuse to start without one.
    for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
        flags+=" -X $package.gitVersion=v$release -X $package.gitMajor=${release%%.*} -X $package.gitMinor=$(cut -d. -f2 <<< "$release") -X $package.gitTreeState=clean"
    done
    for program in kube-apiserver kubectl kube-controller-manager; do
        [ -x "bin/$program" ] && "bin/$program" --version 2> /dev/null | grep -q "$release" && continue
        [ "$program" = kubectl ] && [ -x bin/kubectl ] && continue
        echo "building $program $release"
        go build -trimpath -ldflags "$flags" -o "bin/$program" "k8s.io/kubernetes/cmd/$program"
    done
}

# The package is unpacked and not installed, so that no service is left behind.
etcd() {
    [ -x bin/etcd ] && return
    local folder
    folder=$(mktemp -d)
    (cd "$folder" && { apt-get download etcd-server || { apt-get update && apt-get download etcd-server; }; } && dpkg-deb -x etcd-server_*.deb .)
    cp "$folder/usr/bin/etcd" bin/etcd
    rm -r "$folder"
}
