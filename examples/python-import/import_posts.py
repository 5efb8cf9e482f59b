"""Brings the posts of a CSV file into the blog; run again, it changes what differs."""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from koyalite import Koyalite, KoyaliteError, Post, PostCreate, ValidationError

#: Writes of one transaction.
BATCH = 100


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "file", type=Path, help="CSV: slug, title, category, published, tags, content"
    )
    parser.add_argument(
        "--author", required=True, help="email address of the user who wrote them"
    )
    parser.add_argument("--url", default="http://127.0.0.1:8090")
    options = parser.parse_args()
    try:
        with Koyalite(options.url, token=os.environ.get("KOYALITE_KEY")) as koya:
            return import_file(koya, options.file, options.author)
    except KoyaliteError as error:
        print(f"python-import: {error}", file=sys.stderr)
        return 1


def import_file(koya: Koyalite, file: Path, email: str) -> int:
    """Returns the exit code. Lines that the blog refuses are reported, and hold up no others."""
    author = koya.users.filter(email=email).first()
    if author is None:
        print(f"python-import: nobody has the address {email}", file=sys.stderr)
        return 1
    present = {post.slug: post for post in koya.posts.filter(author_id=author.id)}
    categories = {category.name: category.id for category in koya.categories}
    created = changed = refused = 0
    for lines in chunks(read_posts(file, author.id, categories)):
        new = [(line, post) for line, post in lines if post["slug"] not in present]
        old = [(line, post) for line, post in lines if post["slug"] in present]
        done = create(koya, new)
        created += done
        refused += len(new) - done
        for line, post in old:
            before = present[post["slug"]]
            if is_same(before, post):
                continue
            try:
                koya.with_options(if_match=koya.posts.get(before.id)).posts.update(
                    before.id,
                    title=post["title"],
                    content=post["content"],
                    category_id=post.get("category_id"),
                    tags=post.get("tags"),
                )
                changed += 1
            except ValidationError as error:
                report(line, error)
                refused += 1
    print(f"{created} created, {changed} changed, {refused} refused")
    return 1 if refused > 0 else 0


def create(koya: Koyalite, posts: Sequence[tuple[int, PostCreate]]) -> int:
    """All in one transaction; where one of them is refused, each by itself. Returns how many are there now."""
    try:
        with koya.batch() as batch:
            for _, post in posts:
                batch.posts.create(post)
        return len(posts)
    except ValidationError as error:
        if len(posts) == 1:
            report(posts[0][0], error)
            return 0
    return sum(create(koya, [one]) for one in posts)


def read_posts(
    file: Path, author_id: str, categories: dict[str, str]
) -> Iterator[tuple[int, PostCreate]]:
    """The posts of the file with the numbers of their lines."""
    with file.open(encoding="utf-8", newline="") as text:
        reader = csv.DictReader(text)
        for row in reader:
            post: PostCreate = {
                "slug": row["slug"],
                "title": row["title"],
                "content": row["content"],
                "author_id": author_id,
                "category_id": categories.get(row["category"]),
                "tags": row["tags"].split(),
                "published": row["published"] != "",
            }
            if row["published"]:
                day = datetime.fromisoformat(row["published"])
                post["published_at"] = day.replace(tzinfo=UTC)
            yield reader.line_num, post


def is_same(before: Post, post: PostCreate) -> bool:
    return (before.title, before.content, before.category_id, before.tags) == (
        post["title"],
        post["content"],
        post.get("category_id"),
        post.get("tags"),
    )


def chunks(
    posts: Iterator[tuple[int, PostCreate]],
) -> Iterator[list[tuple[int, PostCreate]]]:
    while chunk := list(islice(posts, BATCH)):
        yield chunk


def report(line: int, error: ValidationError) -> None:
    for detail in error.details:
        print(f"line {line}: {detail.message}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
