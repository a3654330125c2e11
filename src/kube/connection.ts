import type {PrivateCache} from './private-cache.ts';

/** Where the API server is and how its connections are made: a kubeconfig context, resolved. */
export interface Connection {
  /** `https://host:port[/base]`, or http:// as `kubectl proxy` serves it. */
  readonly server: URL;
  /** The context's name, or `in-cluster`; for messages. */
  readonly contextName: string;
  /** The namespace the context or the service account names; settings decide whether it counts. */
  readonly namespace: string | undefined;
  /** PEM of the accepted authorities; undefined: the system's. */
  readonly ca: string | undefined;
  /** The name the server's certificate must have, when it is not the host's. */
  readonly tlsServerName: string | undefined;
  readonly insecureSkipTlsVerify: boolean;
  /** An HTTP(S) or SOCKS5 proxy to go through: the cluster's `proxy-url`, else HTTPS_PROXY less NO_PROXY. */
  readonly proxy: URL | undefined;
  readonly credentials: CredentialSource;
  /** Where TLS sessions are kept for the next process; undefined: none are. */
  readonly tlsSessions?: PrivateCache | undefined;
}

export interface Credentials {
  /** PEM client certificate and key, used for the TLS handshake. */
  readonly clientCertificate?: {readonly certificate: string; readonly key: string};
  /** Value of the Authorization header, e.g. `Bearer …`. */
  readonly authorization?: string;
  /** Impersonation headers (`as`, `as-groups`, `as-uid`, `as-user-extra` of the kubeconfig user). */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

/** Gives the credentials that hold now: reads token files again, runs and caches credential plugins. */
export interface CredentialSource {
  current(signal: AbortSignal): Promise<Credentials>;
  /** The server answered 401: forget what was cached. True when another try can do better. */
  renew(): boolean;
}
