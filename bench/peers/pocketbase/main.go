// A PocketBase server with the chat schema of the benchmark, everything else at its defaults.
// Usage: pocketbase-peer <data folder> <port>
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"

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
		event.Router.POST("/bench/users", makeUsers)
		return event.Next()
	})
	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}

// member lets through who is a member of the message's room: the words of this server for the rule of ../../chat.yaml.
const member = "@collection.members.user ?= @request.auth.id && @collection.members.room ?= room"

// owner lets through who wrote the message.
const owner = "author = @request.auth.id"

// createChat makes the collections of ../../chat.yaml: the same fields, references, indexes and rules.
// On data of an earlier run they are there.
func createChat(app core.App) error {
	if _, err := app.FindCollectionByNameOrId("rooms"); err == nil {
		return nil
	}
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

	announcements := newMessages("announcements", users.Id, rooms.Id)
	open(announcements)
	announcements.UpdateRule = types.Pointer(owner)
	announcements.DeleteRule = types.Pointer(owner)
	if err := app.Save(announcements); err != nil {
		return err
	}
	messages := newMessages("messages", users.Id, rooms.Id)
	messages.ListRule = types.Pointer(member)
	messages.ViewRule = types.Pointer(member)
	messages.CreateRule = types.Pointer(member)
	messages.UpdateRule = types.Pointer(owner)
	messages.DeleteRule = types.Pointer(owner)
	if err := app.Save(messages); err != nil {
		return err
	}

	// Batches are off by default; S6 needs them.
	settings := app.Settings()
	settings.Batch.Enabled = true
	settings.Batch.MaxRequests = 50
	return app.Save(settings)
}

func newMessages(name, users, rooms string) *core.Collection {
	messages := core.NewBaseCollection(name)
	messages.Fields.Add(
		&core.RelationField{Name: "author", CollectionId: users, Required: true, MaxSelect: 1, CascadeDelete: true},
		&core.RelationField{Name: "room", CollectionId: rooms, Required: true, MaxSelect: 1, CascadeDelete: true},
		&core.TextField{Name: "text", Required: true, Max: 2000},
		&core.AutodateField{Name: "created_at", OnCreate: true},
	)
	messages.AddIndex("idx_"+name+"_room_created", false, "room, created_at", "")
	return messages
}

func open(collection *core.Collection) {
	everyone := types.Pointer("")
	collection.ListRule = everyone
	collection.ViewRule = everyone
	collection.CreateRule = everyone
	collection.UpdateRule = everyone
	collection.DeleteRule = everyone
}

// makeUsers answers POST /bench/users {"count", "room"} with that many new members of a room and their tokens. It only sets the stage: thousands of
// subscribers of their own would take a minute of password hashing first, so these have none that anybody knows.
func makeUsers(event *core.RequestEvent) error {
	input := struct {
		Count int    `json:"count"`
		Room  string `json:"room"`
	}{}
	if err := event.BindBody(&input); err != nil {
		return err
	}
	users, err := event.App.FindCollectionByNameOrId("users")
	if err != nil {
		return err
	}
	members, err := event.App.FindCollectionByNameOrId("members")
	if err != nil {
		return err
	}
	made := make([]map[string]string, 0, input.Count)
	err = event.App.RunInTransaction(func(tx core.App) error {
		for range input.Count {
			user := core.NewRecord(users)
			user.SetEmail(core.GenerateDefaultRandomId() + "@example.com")
			user.SetRaw("password", &core.PasswordFieldValue{Hash: "$2a$10$" + strings.Repeat("x", 53)})
			if err := tx.Save(user); err != nil {
				return err
			}
			member := core.NewRecord(members)
			member.Set("user", user.Id)
			member.Set("room", input.Room)
			if err := tx.Save(member); err != nil {
				return err
			}
			token, err := user.NewAuthToken()
			if err != nil {
				return err
			}
			made = append(made, map[string]string{"id": user.Id, "token": token})
		}
		return nil
	})
	if err != nil {
		return err
	}
	return event.JSON(http.StatusOK, made)
}
