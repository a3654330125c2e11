const BASE64 =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUM1ekNDQWMrZ0F3SUJBZ0lCQURBTkJna3Foa2lHOXcwQkFRc0ZB';

/** Kubeconfigs in the shape in which the tools named write them. */
export const kubeconfigs = {
  kubectl: `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${BASE64.repeat(20)}==
    server: https://10.0.0.1:6443
  name: kubernetes
contexts:
- context:
    cluster: kubernetes
    namespace: gc
    user: kubernetes-admin
  name: kubernetes-admin@kubernetes
current-context: kubernetes-admin@kubernetes
kind: Config
preferences: {}
users:
- name: kubernetes-admin
  user:
    client-certificate-data: ${BASE64}
    client-key-data: ${BASE64}
`,
  minikube: `apiVersion: v1
clusters:
- cluster:
    certificate-authority: /home/ada/.minikube/ca.crt
    extensions:
    - extension:
        last-update: Thu, 30 May 2024 10:12:13 CEST
        provider: minikube.sigs.k8s.io
        version: v1.33.1
      name: cluster_info
    server: https://192.168.49.2:8443
  name: minikube
contexts:
- context:
    cluster: minikube
    extensions:
    - extension:
        last-update: Thu, 30 May 2024 10:12:13 CEST
        provider: minikube.sigs.k8s.io
        version: v1.33.1
      name: context_info
    namespace: default
    user: minikube
  name: minikube
current-context: minikube
kind: Config
preferences: {}
users:
- name: minikube
  user:
    client-certificate: /home/ada/.minikube/profiles/minikube/client.crt
    client-key: /home/ada/.minikube/profiles/minikube/client.key
`,
  eksctl: `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${BASE64}
    server: https://0123456789ABCDEF.gr7.eu-central-1.eks.amazonaws.com
  name: arn:aws:eks:eu-central-1:123456789012:cluster/city
contexts:
- context:
    cluster: arn:aws:eks:eu-central-1:123456789012:cluster/city
    user: arn:aws:eks:eu-central-1:123456789012:cluster/city
  name: arn:aws:eks:eu-central-1:123456789012:cluster/city
current-context: arn:aws:eks:eu-central-1:123456789012:cluster/city
kind: Config
preferences: {}
users:
- name: arn:aws:eks:eu-central-1:123456789012:cluster/city
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      args:
      - --region
      - eu-central-1
      - eks
      - get-token
      - --cluster-name
      - city
      - --output
      - json
      command: aws
      env:
      - name: AWS_PROFILE
        value: ada
      interactiveMode: IfAvailable
      provideClusterInfo: false
`,
  gcloud: `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${BASE64}
    server: https://34.1.2.3
  name: gke_project_europe-west1-b_city
contexts:
- context: {cluster: gke_project_europe-west1-b_city, user: gke_project_europe-west1-b_city}
  name: gke_project_europe-west1-b_city
current-context: gke_project_europe-west1-b_city
kind: Config
preferences: {}
users:
- name: gke_project_europe-west1-b_city
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      command: gke-gcloud-auth-plugin
      installHint: Install gke-gcloud-auth-plugin for use with kubectl by following
        https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-access-for-kubectl
      provideClusterInfo: true
`.replace(/following\n {8}https/, 'https'),
  az: `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${BASE64}
    server: https://city-dns-0a1b2c3d.hcp.westeurope.azmk8s.io:443
  name: city
contexts:
- context:
    cluster: city
    user: clusterUser_group_city
  name: city
current-context: city
kind: Config
users:
- name: clusterUser_group_city
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      args:
      - get-token
      - --environment
      - AzurePublicCloud
      - --server-id
      - 6dae42f8-4368-4678-94ff-3960e28e3630
      - --login
      - devicecode
      command: kubelogin
      env: null
      installHint: ""
`,
  kubeone: `# one line each
apiVersion: v1
kind: Config
current-context: kubeone
clusters: [{name: kubeone, cluster: {server: "https://127.0.0.1:6443", certificate-authority-data: ${BASE64}==}}]
contexts: [{name: kubeone, context: {cluster: kubeone, user: kubeone, namespace: 'gc'}}]
users: [{name: kubeone, user: {client-certificate-data: ${BASE64}, client-key-data: ${BASE64}=}}]
`,
  byHand: `---
# The city's cluster
apiVersion: v1
kind: Config

clusters:
  - name: "city"        # indented lists
    cluster:
      server: 'https://[fd00::1]:6443'

      insecure-skip-tls-verify: true
      proxy-url: socks5://127.0.0.1:1080
      tls-server-name: api.city
contexts:
  - name: city
    context:
      cluster: city
      # which user
      user: "ada lovelace"
users:
  - name: "ada lovelace"
    user:
      tokenFile: ../secrets/token
      as: "system:admin"
      as-groups: ["system:masters", dev]
      as-user-extra:
        reason:
          - "it's \\"urgent\\""
  - name: bob
    user:
      token: 1f4c.eyJhbGciOi
current-context: city
`,
  empty: `apiVersion: v1
clusters: null
contexts: []
current-context: ""
kind: Config
preferences: {}
users: ~
`,
};
