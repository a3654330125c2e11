import type {PrivateCache} from './private-cache.ts';

/** Where the API server is and how to connect to it: what a kubeconfig context comes to. */
export interface Connection {
  /** `https://host:port[/base]`, or http:// as `kubectl proxy` serves it. */
  readonly server: URL;
  /** The context's name, or `in-cluster`; for messages. */
  readonly contextName: string;
  /** The certificate authorities to trust, as PEM; undefined for those that Node trusts. */
  readonly ca: string | undefined;
  /** The name that the server's certificate must have, where it is not the host's. */
  readonly tlsServerName: string | undefined;
  readonly insecureSkipTlsVerify: boolean;
  /** An HTTP(S) or SOCKS5 proxy to go through: the cluster's `proxy-url`, else HTTPS_PROXY less NO_PROXY. */
  readonly proxy: URL | undefined;
  readonly credentials: CredentialSource;
  /** Where TLS sessions are kept for the next process; undefined to keep none. */
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

/** Gives the credentials that are valid now: reads token files again, runs and caches credential plugins. */
export interface CredentialSource {
  current(signal: AbortSignal): Promise<Credentials>;
  /** Forgets what is cached, after a 401. True when another try would have other credentials. */
  renew(): boolean;
}
