// A PocketBase server with the chat schema of the benchmark, everything else at its defaults.
// Usage: pocketbase-peer <data folder> <port>
package main

import (
	"fmt"
	"log"
	"os"

	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: pocketbase-peer <data folder> <port>")
		os.Exit(2)
	}
	folder, port := os.Args[1], os.Args[2]
	// The library looks at os.Args itself before it parses them, to see which command runs.
	os.Args = []string{os.Args[0], "serve", "--http=127.0.0.1:" + port}
	app := pocketbase.NewWithConfig(pocketbase.Config{DefaultDataDir: folder, HideStartBanner: true})
	app.OnServe().BindFunc(func(event *core.ServeEvent) error {
		event.InstallerFunc = nil
		if err := createChat(event.App); err != nil {
			return err
		}
		return event.Next()
	})
	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}

// createChat makes rooms, members and messages with open rules: the same fields, references and indexes as ../../chat.yaml.
func createChat(app core.App) error {
	users, err := app.FindCollectionByNameOrId("users")
	if err != nil {
		return err
	}
	open(users)
	if err := app.Save(users); err != nil {
		return err
	}

	rooms := core.NewBaseCollection("rooms")
	rooms.Fields.Add(&core.TextField{Name: "name", Required: true})
	open(rooms)
	if err := app.Save(rooms); err != nil {
		return err
	}

	members := core.NewBaseCollection("members")
	members.Fields.Add(
		&core.RelationField{Name: "user", CollectionId: users.Id, Required: true, MaxSelect: 1, CascadeDelete: true},
		&core.RelationField{Name: "room", CollectionId: rooms.Id, Required: true, MaxSelect: 1, CascadeDelete: true},
	)
	members.AddIndex("idx_members_user_room", true, "user, room", "")
	open(members)
	if err := app.Save(members); err != nil {
		return err
	}

	messages := core.NewBaseCollection("messages")
	messages.Fields.Add(
		&core.RelationField{Name: "author", CollectionId: users.Id, Required: true, MaxSelect: 1, CascadeDelete: true},
		&core.RelationField{Name: "room", CollectionId: rooms.Id, Required: true, MaxSelect: 1, CascadeDelete: true},
		&core.TextField{Name: "text", Required: true, Max: 2000},
		&core.AutodateField{Name: "created_at", OnCreate: true},
	)
	messages.AddIndex("idx_messages_room_created", false, "room, created_at", "")
	open(messages)
	if err := app.Save(messages); err != nil {
		return err
	}

	// Batches are off by default; S6 needs them.
	settings := app.Settings()
	settings.Batch.Enabled = true
	settings.Batch.MaxRequests = 50
	return app.Save(settings)
}

func open(collection *core.Collection) {
	everyone := types.Pointer("")
	collection.ListRule = everyone
	collection.ViewRule = everyone
	collection.CreateRule = everyone
	collection.UpdateRule = everyone
	collection.DeleteRule = everyone
}
