package main

import (
	"fmt"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/embed"
)

// newEtcdCommand keeps a one-member etcd in --data-dir, on two loopback ports, until SIGTERM.
func newEtcdCommand() *cobra.Command {
	var directory string
	var clientPort, peerPort int
	command := &cobra.Command{
		Use:  "etcd",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return serveEtcd(directory, clientPort, peerPort) },
	}
	command.Flags().StringVar(&directory, "data-dir", "", "where the data is kept")
	command.Flags().IntVar(&clientPort, "client-port", 2379, "loopback port for clients")
	command.Flags().IntVar(&peerPort, "peer-port", 2380, "loopback port for peers; nothing calls it")
	return command
}

func serveEtcd(directory string, clientPort, peerPort int) error {
	config := embed.NewConfig()
	config.Dir, config.LogLevel = directory, "warn"
	config.ListenClientUrls, config.AdvertiseClientUrls = loopback(clientPort), loopback(clientPort)
	config.ListenPeerUrls, config.AdvertisePeerUrls = loopback(peerPort), loopback(peerPort)
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	etcd, err := embed.StartEtcd(config)
	if err != nil {
		return err
	}
	defer etcd.Close()
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, os.Interrupt)
	select {
	case <-stop:
		return nil
	case err := <-etcd.Err():
		return fmt.Errorf("etcd ended: %w", err)
	}
}

func loopback(port int) []url.URL {
	return []url.URL{{Scheme: "http", Host: fmt.Sprintf("127.0.0.1:%d", port)}}
}
