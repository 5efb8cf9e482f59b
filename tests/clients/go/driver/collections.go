package main

import (
	"encoding/json"
	"time"

	"example.com/scenarios/generated/go/koyalite"
)

// collectionOf returns a collection of the scenarios' schema.
func collectionOf(name string) collection {
	switch name {
	case "users":
		return typed[koyalite.User, koyalite.UserCreate, koyalite.UserUpdate]{
			of:     func(c *koyalite.Client) *koyalite.UserCollection { return c.Users },
			key:    func(user *koyalite.User) string { return user.ID },
			fields: userFields(),
		}
	case "posts":
		return typed[koyalite.Post, koyalite.PostCreate, koyalite.PostUpdate]{
			of:     func(c *koyalite.Client) *koyalite.PostCollection { return c.Posts },
			key:    func(post *koyalite.Post) string { return post.ID },
			fields: postFields(),
			batch: func(b *koyalite.BatchBuilder) *koyalite.BatchCollection[koyalite.Post, string, koyalite.PostCreate, koyalite.PostUpdate] {
				return b.Posts
			},
		}
	case "comments":
		return typed[koyalite.Comment, koyalite.CommentCreate, koyalite.CommentUpdate]{
			of:     func(c *koyalite.Client) *koyalite.CommentCollection { return c.Comments },
			key:    func(comment *koyalite.Comment) string { return comment.ID },
			fields: commentFields(),
			batch: func(b *koyalite.BatchBuilder) *koyalite.BatchCollection[koyalite.Comment, string, koyalite.CommentCreate, koyalite.CommentUpdate] {
				return b.Comments
			},
		}
	case "samples":
		return typed[koyalite.Sample, koyalite.SampleCreate, koyalite.SampleUpdate]{
			of:     func(c *koyalite.Client) *koyalite.SampleCollection { return c.Samples },
			key:    func(sample *koyalite.Sample) string { return sample.ID },
			fields: sampleFields(),
		}
	case "notes":
		return typed[koyalite.Note, koyalite.NoteCreate, koyalite.NoteUpdate]{
			of:     func(c *koyalite.Client) *koyalite.NoteCollection { return c.Notes },
			key:    func(note *koyalite.Note) string { return note.ID },
			fields: noteFields(),
		}
	}
	panic("the driver has no collection " + name)
}

func userFields() map[string]field[koyalite.User, koyalite.UserUpdate] {
	f := koyalite.UserFields
	return map[string]field[koyalite.User, koyalite.UserUpdate]{
		"id":    fieldOf[koyalite.User, koyalite.UserChange, string, koyalite.UserUpdate](f.ID),
		"email": fieldOf[koyalite.User, koyalite.UserChange, string, koyalite.UserUpdate](f.Email),
		"name":  fieldOf[koyalite.User, koyalite.UserChange, string, koyalite.UserUpdate](f.Name),
	}
}

func postField[T any](f any) field[koyalite.Post, koyalite.PostUpdate] {
	return fieldOf[koyalite.Post, koyalite.PostChange, T, koyalite.PostUpdate](f)
}

func postFields() map[string]field[koyalite.Post, koyalite.PostUpdate] {
	f := koyalite.PostFields
	fields := map[string]field[koyalite.Post, koyalite.PostUpdate]{
		"id":         postField[string](f.ID),
		"title":      postField[string](f.Title),
		"status":     postField[koyalite.Status](f.Status),
		"author_id":  postField[string](f.AuthorID),
		"slug":       postField[string](f.Slug),
		"view_count": postField[int64](f.ViewCount),
		"tags":       postField[[]string](f.Tags),
		"created_at": postField[time.Time](f.CreatedAt),
	}
	behind(koyalite.PostReferences.Author, userFields(), fields)
	return fields
}

func commentFields() map[string]field[koyalite.Comment, koyalite.CommentUpdate] {
	f := koyalite.CommentFields
	fields := map[string]field[koyalite.Comment, koyalite.CommentUpdate]{
		"id":        fieldOf[koyalite.Comment, koyalite.CommentChange, string, koyalite.CommentUpdate](f.ID),
		"post_id":   fieldOf[koyalite.Comment, koyalite.CommentChange, string, koyalite.CommentUpdate](f.PostID),
		"parent_id": fieldOf[koyalite.Comment, koyalite.CommentChange, string, koyalite.CommentUpdate](f.ParentID),
		"text":      fieldOf[koyalite.Comment, koyalite.CommentChange, string, koyalite.CommentUpdate](f.Text),
	}
	behind(koyalite.CommentReferences.Post, postFields(), fields)
	return fields
}

func sampleField[T any](f any) field[koyalite.Sample, koyalite.SampleUpdate] {
	return fieldOf[koyalite.Sample, koyalite.SampleChange, T, koyalite.SampleUpdate](f)
}

func sampleFields() map[string]field[koyalite.Sample, koyalite.SampleUpdate] {
	f := koyalite.SampleFields
	return map[string]field[koyalite.Sample, koyalite.SampleUpdate]{
		"id":          sampleField[string](f.ID),
		"a_string":    sampleField[string](f.AString),
		"a_text":      sampleField[string](f.AText),
		"an_int":      sampleField[int64](f.AnInt),
		"a_float":     sampleField[float64](f.AFloat),
		"a_bool":      sampleField[bool](f.ABool),
		"a_timestamp": sampleField[time.Time](f.ATimestamp),
		"a_date":      sampleField[koyalite.Date](f.ADate),
		"a_blob":      sampleField[[]byte](f.ABlob),
		"a_json":      sampleField[json.RawMessage](f.AJSON),
		"a_uuid":      sampleField[string](f.AUUID),
		"a_status":    sampleField[koyalite.Status](f.AStatus),
	}
}

func noteFields() map[string]field[koyalite.Note, koyalite.NoteUpdate] {
	f := koyalite.NoteFields
	return map[string]field[koyalite.Note, koyalite.NoteUpdate]{
		"id":       fieldOf[koyalite.Note, koyalite.NoteChange, string, koyalite.NoteUpdate](f.ID),
		"text":     fieldOf[koyalite.Note, koyalite.NoteChange, string, koyalite.NoteUpdate](f.Text),
		"owner_id": fieldOf[koyalite.Note, koyalite.NoteChange, string, koyalite.NoteUpdate](f.OwnerID),
	}
}
