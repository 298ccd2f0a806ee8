// Package volumes gives claims of the storage class "local" a directory on the node's own disk: it
// watches claims and volumes, makes what the scheduler wants on this node, tells the scheduler how
// much room there is, and removes the data of claims that were deleted.
//
// It wipes one thing alone: a volume that the API server calls released, whose claim is gone.  A
// directory that the cluster does not know stays, since the cluster's data may have been lost or
// set back while the volume was not.
package volumes

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	core "k8s.io/api/core/v1"
	storage "k8s.io/api/storage/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"

	"hue-infra/kube/keeping"
)

const (
	look  = 30 * time.Second // how often room is measured, and what failed is tried again
	mode  = 0o770            // a pod comes in by its fsGroup
	space = "kube-system"    // where the scheduler is told of room
)

// Main runs until it is told to stop.
func Main(arguments []string) error {
	flags := flag.NewFlagSet("kubernetes-volumes", flag.ExitOnError)
	kubeconfig := flags.String("kubeconfig", "", "file that says how to reach the API server")
	node := flags.String("node", "", "name of this node in the cluster")
	directory := flags.String("directory", "", "where the volumes lie")
	_ = flags.Parse(arguments)
	if !filepath.IsAbs(*directory) {
		return fmt.Errorf("-directory=%q is no absolute path", *directory)
	}
	context, stop := keeping.Context()
	defer stop()
	client, err := keeping.Client(*kubeconfig)
	if err != nil {
		return err
	}
	keeper := &keeper{
		client: client, node: *node, directory: *directory, measure: measure,
		told: map[string]bool{}, published: -1,
	}
	return keeper.run(context, informers.NewSharedInformerFactory(client, 0))
}

type keeper struct {
	client    kubernetes.Interface
	node      string
	directory string
	measure   func(directory string, own []*core.PersistentVolume) (int64, error)
	told      map[string]bool // claims that were told that there is no room
	published int64
}

func (k *keeper) run(context context.Context, factory informers.SharedInformerFactory) error {
	claims, volumes := factory.Core().V1().PersistentVolumeClaims(), factory.Core().V1().PersistentVolumes()
	watched := []cache.SharedIndexInformer{claims.Informer(), volumes.Informer()}
	return keeping.Run(context, "kubernetes-volumes", factory, watched, look, func(bool) error {
		claimList, claimErr := claims.Lister().List(labels.Everything())
		volumeList, volumeErr := volumes.Lister().List(labels.Everything())
		if err := errors.Join(claimErr, volumeErr); err != nil {
			return err
		}
		return k.keep(context, claimList, volumeList)
	})
}

// keep makes and removes what is due, and tells how much room is left.
func (k *keeper) keep(
	context context.Context, claims []*core.PersistentVolumeClaim, volumes []*core.PersistentVolume,
) error {
	own := ownVolumes(volumes, k.node)
	var failures []error
	for _, one := range released(own, claims) {
		failures = append(failures, k.remove(context, one))
	}
	room, err := k.measure(k.directory, own)
	if err != nil {
		return errors.Join(append(failures, err)...)
	}
	for _, claim := range wanted(claims, volumes, k.node) {
		size := claim.Spec.Resources.Requests.Storage().Value()
		if size > room {
			k.refuse(context, claim, room)
			continue
		}
		room -= size
		failures = append(failures, k.provide(context, claim))
	}
	return errors.Join(append(failures, k.publish(context, room))...)
}

// provide makes the directory first, so that a volume that the cluster knows is there.
func (k *keeper) provide(context context.Context, claim *core.PersistentVolumeClaim) error {
	volume := made(claim, k.node, k.directory)
	path := volume.Spec.Local.Path
	if err := os.Mkdir(path, mode); err != nil && !os.IsExist(err) {
		return err
	}
	if err := os.Chmod(path, mode); err != nil { // the umask had its say
		return err
	}
	_, err := k.client.CoreV1().PersistentVolumes().Create(context, volume, meta.CreateOptions{})
	if err == nil {
		log.Printf("kubernetes-volumes: %s for %s/%s", volume.Name, claim.Namespace, claim.Name)
	}
	if apierrors.IsAlreadyExists(err) {
		return nil // the watch has not told of it yet
	}
	return err
}

// remove wipes the data first: a volume that the cluster has forgotten would never be wiped.
func (k *keeper) remove(context context.Context, volume *core.PersistentVolume) error {
	path := filepath.Join(k.directory, volume.Name)
	if volume.Spec.Local == nil || volume.Spec.Local.Path != path {
		return fmt.Errorf("%s does not lie where this service puts volumes", volume.Name)
	}
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	options := meta.DeleteOptions{Preconditions: meta.NewUIDPreconditions(string(volume.UID))}
	err := k.client.CoreV1().PersistentVolumes().Delete(context, volume.Name, options)
	if err == nil {
		log.Printf("kubernetes-volumes: wiped %s", volume.Name)
	}
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

// refuse tells, once, that the room the scheduler counted with is gone.
func (k *keeper) refuse(context context.Context, claim *core.PersistentVolumeClaim, room int64) {
	if k.told[string(claim.UID)] {
		return
	}
	left := resource.NewQuantity(max(room, 0), resource.BinarySI)
	message := fmt.Sprintf("node %s has room for %s", k.node, left)
	log.Printf("kubernetes-volumes: %s/%s: %s", claim.Namespace, claim.Name, message)
	now := meta.Now()
	_, err := k.client.CoreV1().Events(claim.Namespace).Create(context, &core.Event{
		ObjectMeta: meta.ObjectMeta{GenerateName: claim.Name + "-", Namespace: claim.Namespace},
		InvolvedObject: core.ObjectReference{
			APIVersion: "v1", Kind: "PersistentVolumeClaim",
			Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID,
		},
		Type: core.EventTypeWarning, Reason: "ProvisioningFailed", Message: message,
		Source:         core.EventSource{Component: "kubernetes-volumes", Host: k.node},
		FirstTimestamp: now, LastTimestamp: now, Count: 1,
	}, meta.CreateOptions{})
	k.told[string(claim.UID)] = err == nil
}

// publish tells the scheduler how much room is left, if that has changed by enough to matter.
func (k *keeper) publish(context context.Context, room int64) error {
	room = max(room, 0) / step * step
	if room == k.published {
		return nil
	}
	capacities := k.client.StorageV1().CSIStorageCapacities(space)
	told := &storage.CSIStorageCapacity{
		ObjectMeta: meta.ObjectMeta{
			Name: "local-" + k.node, Namespace: space, Labels: map[string]string{"app.kubernetes.io/managed-by": "kubernetes-volumes"},
		},
		NodeTopology:     &meta.LabelSelector{MatchLabels: map[string]string{core.LabelHostname: k.node}},
		StorageClassName: Class,
		Capacity:         resource.NewQuantity(room, resource.BinarySI),
	}
	_, err := capacities.Create(context, told, meta.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		// What is patched needs no reading first: the node may write its own and read no other.
		text := fmt.Sprintf(`{"capacity":"%d"}`, room)
		_, err = capacities.Patch(context, told.Name, mergePatch, []byte(text), meta.PatchOptions{})
	}
	if err == nil {
		k.published = room
	}
	return err
}

// measure tells how many bytes may still be promised on the disk: what is free, less what the
// volumes were promised and have not taken yet, less what the kubelet wants to stay free.
func measure(directory string, own []*core.PersistentVolume) (int64, error) {
	total, free, err := disk(directory)
	if err != nil {
		return 0, err
	}
	taken := map[string]int64{}
	for _, one := range own {
		if taken[one.Name], err = size(filepath.Join(directory, one.Name)); err != nil {
			return 0, err
		}
	}
	return room(total, free, own, taken), nil
}

// size is what the files below *path* take on the disk; links are not followed.
func size(path string) (int64, error) {
	var sum int64
	err := filepath.WalkDir(path, func(_ string, entry os.DirEntry, err error) error {
		if err == nil {
			var info os.FileInfo
			if info, err = entry.Info(); err == nil {
				sum += onDisk(info)
			}
		}
		if os.IsNotExist(err) { // removed while it was looked at
			return nil
		}
		return err
	})
	return sum, err
}

func nameOf(claim *core.PersistentVolumeClaim) string {
	return "pvc-" + strings.ToLower(string(claim.UID))
}
