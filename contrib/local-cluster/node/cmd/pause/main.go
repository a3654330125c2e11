// Command pause holds a pod's namespaces open: it waits for the signal to end, and leaves the
// reaping of children it inherits (shared process namespace) to the kernel by ignoring SIGCHLD.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	signal.Ignore(syscall.SIGCHLD)
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGINT, syscall.SIGTERM)
	<-end
}
