package volumes

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	core "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/fake"
)

func claim(name, node, size string) *core.PersistentVolumeClaim {
	class := Class
	return &core.PersistentVolumeClaim{
		ObjectMeta: meta.ObjectMeta{
			Namespace: "app", Name: name, UID: types.UID("uid-" + name),
			Annotations: map[string]string{chosenDriver: Driver, selectedNode: node},
		},
		Spec: core.PersistentVolumeClaimSpec{
			StorageClassName: &class,
			AccessModes:      []core.PersistentVolumeAccessMode{core.ReadWriteOnce},
			Resources: core.VolumeResourceRequirements{
				Requests: core.ResourceList{core.ResourceStorage: resource.MustParse(size)},
			},
		},
	}
}

// at is a node with the room given, over a directory of the test's.
func at(t *testing.T, room int64) *keeper {
	return &keeper{
		client: fake.NewClientset(), node: "one", directory: t.TempDir(),
		measure: func(string, []*core.PersistentVolume) (int64, error) { return room, nil },
		told:    map[string]bool{}, published: -1,
	}
}

func (k *keeper) have(t *testing.T, claims ...*core.PersistentVolumeClaim) []*core.PersistentVolume {
	t.Helper()
	known, err := k.client.CoreV1().PersistentVolumes().List(context.Background(), meta.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var volumes []*core.PersistentVolume
	for i := range known.Items {
		volumes = append(volumes, &known.Items[i])
	}
	if err := k.keep(context.Background(), claims, volumes); err != nil {
		t.Fatal(err)
	}
	return volumes
}

func (k *keeper) volume(t *testing.T, name string) (*core.PersistentVolume, string) {
	t.Helper()
	found, err := k.client.CoreV1().PersistentVolumes().Get(context.Background(), name, meta.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil, filepath.Join(k.directory, name)
	} else if err != nil {
		t.Fatal(err)
	}
	return found, filepath.Join(k.directory, name)
}

func there(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func TestClaimPlacedHereGetsAVolumeAndNoOther(t *testing.T) {
	k := at(t, 10<<30)
	bound, other := claim("bound", "one", "1Gi"), claim("other", "two", "1Gi")
	bound.Spec.VolumeName = "elsewhere"

	k.have(t, claim("mine", "one", "1Gi"), bound, other)

	found, path := k.volume(t, "pvc-uid-mine")
	if found == nil || !there(path) || found.Spec.ClaimRef.Name != "mine" || placed(found) != "one" {
		t.Fatalf("%+v", found)
	}
	if entries, _ := os.ReadDir(k.directory); len(entries) != 1 {
		t.Fatalf("%v", entries)
	}
}

func TestDataGoWithTheClaimAndNotBefore(t *testing.T) {
	for _, phase := range []core.PersistentVolumePhase{core.VolumeBound, core.VolumeReleased} {
		for _, alive := range []bool{true, false} {
			k := at(t, 10<<30)
			mine := claim("mine", "one", "1Gi")
			k.have(t, mine)
			found, path := k.volume(t, "pvc-uid-mine")
			found.Status.Phase = phase
			if _, err := k.client.CoreV1().PersistentVolumes().Update(context.Background(), found, meta.UpdateOptions{}); err != nil {
				t.Fatal(err)
			}
			claims := []*core.PersistentVolumeClaim{mine}
			if !alive {
				claims = nil
			}

			k.have(t, claims...)

			gone := phase == core.VolumeReleased && !alive
			if after, _ := k.volume(t, "pvc-uid-mine"); there(path) == gone || (after == nil) != gone {
				t.Errorf("%s, claim alive %v: directory there %v", phase, alive, there(path))
			}
		}
	}
}

func TestVolumeThatPointsElsewhereIsNotWiped(t *testing.T) {
	k := at(t, 10<<30)
	outside := filepath.Join(t.TempDir(), "precious")
	if err := os.Mkdir(outside, 0o700); err != nil {
		t.Fatal(err)
	}
	forged := made(claim("mine", "one", "1Gi"), "one", k.directory)
	forged.Spec.Local.Path = outside

	if err := k.remove(context.Background(), forged); err == nil || !there(outside) {
		t.Fatalf("%v", err)
	}
}

func TestDirectoryThatTheClusterDoesNotKnowStays(t *testing.T) {
	k := at(t, 10<<30)
	left := filepath.Join(k.directory, "pvc-of-a-cluster-that-was-set-back")
	if err := os.Mkdir(left, 0o700); err != nil {
		t.Fatal(err)
	}

	k.have(t)

	if !there(left) {
		t.Fatal("wiped")
	}
}

func TestClaimThatDoesNotFitIsRefusedAndToldSoOnce(t *testing.T) {
	k := at(t, 1<<30)

	k.have(t, claim("large", "one", "2Gi"))
	k.have(t, claim("large", "one", "2Gi"))

	if found, path := k.volume(t, "pvc-uid-large"); found != nil || there(path) {
		t.Fatal("made")
	}
	events, err := k.client.CoreV1().Events("app").List(context.Background(), meta.ListOptions{})
	if err != nil || len(events.Items) != 1 || !strings.Contains(events.Items[0].Message, "room for 1Gi") {
		t.Fatalf("%v %+v", err, events)
	}
}

func TestTwoClaimsDoNotGetTheSameRoom(t *testing.T) {
	k := at(t, 3<<30)

	k.have(t, claim("a", "one", "2Gi"), claim("b", "one", "2Gi"))

	first, _ := k.volume(t, "pvc-uid-a")
	second, _ := k.volume(t, "pvc-uid-b")
	if first == nil || second != nil {
		t.Fatalf("%v %v", first, second)
	}
}

func TestSchedulerIsToldTheRoomThatIsLeft(t *testing.T) {
	k := at(t, 3<<30)
	k.have(t)
	k.measure = func(string, []*core.PersistentVolume) (int64, error) { return 5 << 30, nil }
	k.have(t, claim("a", "one", "2Gi"))

	found, err := k.client.StorageV1().CSIStorageCapacities(space).Get(
		context.Background(), "local-one", meta.GetOptions{})
	if err != nil || found.Capacity.Value() != 3<<30 || found.StorageClassName != Class {
		t.Fatalf("%v %+v", err, found)
	}
}

// Of 100, 50 are free and 10 must stay so; one volume has 5 of its 20, the other more than its 10.
func TestRoomCountsWhatIsPromisedAndNotTaken(t *testing.T) {
	volume := func(name, size string) *core.PersistentVolume { return made(claim(name, "one", size), "one", "/v") }
	own := []*core.PersistentVolume{volume("a", "20"), volume("b", "10")}
	taken := map[string]int64{"pvc-uid-a": 5, "pvc-uid-b": 12}

	if left := room(100, 50, own, taken); left != 50-10-15 {
		t.Fatal(left)
	}
}

func TestMeasureCountsFilesOnTheDiskAndFollowsNoLink(t *testing.T) {
	directory := t.TempDir()
	own := made(claim("a", "one", "1Gi"), "one", directory)
	path := own.Spec.Local.Path
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(path, "file"), make([]byte, 8<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/proc", filepath.Join(path, "link")); err != nil {
		t.Fatal(err)
	}

	found, err := size(path)

	if err != nil || found < 8<<20 || found > 9<<20 {
		t.Fatal(found, err)
	}
	if _, err := measure(directory, []*core.PersistentVolume{own}); err != nil {
		t.Fatal(err)
	}
}
