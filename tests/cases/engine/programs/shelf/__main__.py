"""A shelf of files: a component, a dynamic provider, outputs, and a secret in the configuration."""

from pathlib import Path

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, Resource, ResourceProvider, UpdateResult


class Files(ResourceProvider):
    """Makes files; another name is another file, another text is written into the same."""

    def diff(self, id_, olds, news):
        changed = [key for key in ("path", "text") if olds[key] != news[key]]
        return DiffResult(bool(changed), ["path"] if "path" in changed else [], [], True)

    def create(self, props):
        if props["text"] == "refused":
            raise ValueError(f"no file may say {props['text']}")
        Path(props["path"]).write_text(props["text"])
        return CreateResult(props["path"], {**props, "size": len(props["text"])})

    def update(self, id_, olds, news):
        Path(id_).write_text(news["text"])
        return UpdateResult({**news, "size": len(news["text"])})

    def delete(self, id_, props):
        Path(id_).unlink()


class File(Resource, module="shelf", name="File"):
    path: pulumi.Output[str]
    size: pulumi.Output[int]

    def __init__(self, name, path, text, opts=None):
        properties = {"path": path, "text": text, "size": None}
        super().__init__(Files(), name, properties, opts)


class Shelf(pulumi.ComponentResource):
    def __init__(self, name, folder, texts):
        super().__init__("shelf:index:Shelf", name)
        below = pulumi.ResourceOptions(parent=self)
        self.files = [
            File(f"{name}-{place}", f"{folder}/{place}.txt", text, below)
            for place, text in enumerate(texts)
        ]
        self.register_outputs({"sizes": [file.size for file in self.files]})


config = pulumi.Config()
label = config.require_secret("label")
word = config.get("word") or "book"
count = config.require_int("count")
texts = [f"{word} {place}" for place in range(count)]
shelf = Shelf("shelf", config.require("folder"), [*texts, label])
print(f"a shelf of {len(shelf.files)}")  # noqa: T201 - what a program prints becomes a message
pulumi.export("paths", [file.path for file in shelf.files])
pulumi.export("total", pulumi.Output.all(*(file.size for file in shelf.files)).apply(sum))
pulumi.export("label", label)
