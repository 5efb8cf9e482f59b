// Go-report says in numbers what happens in a blog, and follows its comments.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"example.com/go-report/generated/go/koyalite"
)

func main() {
	url := flag.String("url", "http://127.0.0.1:8090", "the server")
	top := flag.Int("top", 3, "how many posts and readers are listed")
	watch := flag.Bool("watch", false, "print new comments until Ctrl-C")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *url, *top, *watch); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "go-report:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, url string, top int, watch bool) error {
	options := []koyalite.Option{koyalite.WithUserAgent("go-report")}
	// With a service key, the report counts what only authors may read, too.
	if key := os.Getenv("KOYALITE_KEY"); key != "" {
		options = append(options, koyalite.WithToken(key))
	}
	koya, err := koyalite.New(url, options...)
	if err != nil {
		return err
	}
	defer koya.Close()
	if watch {
		return follow(ctx, koya, os.Stdout)
	}
	return report(ctx, koya, os.Stdout, top)
}
