// Reads a state file of the file backend with Pulumi's own types, strictly, and opens its secrets.
package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
)

func strict(data []byte, into any) {
	reader := json.NewDecoder(bytes.NewReader(data))
	reader.DisallowUnknownFields()
	if err := reader.Decode(into); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func open(value any, crypter config.Crypter, found *[]string) {
	switch value := value.(type) {
	case map[string]any:
		if sealed, is := value["ciphertext"].(string); is {
			plain, err := crypter.DecryptValue(context.Background(), sealed)
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			*found = append(*found, plain)
			return
		}
		for _, item := range value {
			open(item, crypter, found)
		}
	case []any:
		for _, item := range value {
			open(item, crypter, found)
		}
	}
}

func main() {
	data, _ := os.ReadFile(os.Args[1])
	var outer apitype.VersionedCheckpoint
	strict(data, &outer)
	var inner apitype.CheckpointV3
	strict(outer.Checkpoint, &inner)
	if inner.Latest.Manifest.Magic != inner.Latest.Manifest.NewMagic() {
		fmt.Fprintln(os.Stderr, "magic")
		os.Exit(1)
	}
	var state struct{ Salt string }
	strict(inner.Latest.SecretsProviders.State, &state)
	salt, _ := base64.StdEncoding.DecodeString(strings.Split(state.Salt, ":")[1])
	crypter := config.NewSymmetricCrypterFromPassphrase(os.Args[2], salt)
	var secrets []string
	for _, resource := range inner.Latest.Resources {
		open(map[string]any(resource.Inputs), crypter, &secrets)
		open(map[string]any(resource.Outputs), crypter, &secrets)
	}
	json.NewEncoder(os.Stdout).Encode(map[string]any{
		"version": outer.Version, "stack": inner.Stack, "resources": len(inner.Latest.Resources),
		"pending": len(inner.Latest.PendingOperations), "secrets": secrets,
	})
}
