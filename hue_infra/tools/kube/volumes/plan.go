package volumes

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

const (
	// Class is the name of the storage class.
	Class = "local"
	// Driver is who serves it, as claims and volumes name him.
	Driver = "local.hue-infra.internal"

	selectedNode   = "volume.kubernetes.io/selected-node"
	chosenDriver   = "volume.kubernetes.io/storage-provisioner"
	providedBy     = "pv.kubernetes.io/provisioned-by"
	kept           = 10        // a tenth of the disk stays free: below that the kubelet evicts pods
	step           = 256 << 20 // bytes; less is no news for the scheduler
	mergePatch     = types.MergePatchType
	statBlockBytes = 512
)

// wanted are the claims that the scheduler has placed on this node and that have no volume yet.
func wanted(
	claims []*core.PersistentVolumeClaim, volumes []*core.PersistentVolume, node string,
) []*core.PersistentVolumeClaim {
	known := map[string]bool{}
	for _, one := range volumes {
		known[one.Name] = true
	}
	var found []*core.PersistentVolumeClaim
	for _, one := range claims {
		due := one.Annotations[chosenDriver] == Driver && one.Annotations[selectedNode] == node &&
			one.Spec.VolumeName == "" && one.DeletionTimestamp == nil && !known[nameOf(one)]
		if due {
			found = append(found, one)
		}
	}
	slices.SortFunc(found, func(a, b *core.PersistentVolumeClaim) int {
		return strings.Compare(nameOf(a), nameOf(b))
	})
	return found
}

// ownVolumes are those of our making on this node.
func ownVolumes(volumes []*core.PersistentVolume, node string) []*core.PersistentVolume {
	var found []*core.PersistentVolume
	for _, one := range volumes {
		if one.Annotations[providedBy] == Driver && placed(one) == node {
			found = append(found, one)
		}
	}
	return found
}

func placed(volume *core.PersistentVolume) string {
	affinity := volume.Spec.NodeAffinity
	if affinity == nil || affinity.Required == nil || len(affinity.Required.NodeSelectorTerms) != 1 {
		return ""
	}
	for _, one := range affinity.Required.NodeSelectorTerms[0].MatchExpressions {
		if one.Key == core.LabelHostname && len(one.Values) == 1 {
			return one.Values[0]
		}
	}
	return ""
}

// released are those whose data are to go: the claim was deleted, and the class says so.  A volume
// whose claim is still there is never among them, whatever state it is said to be in.
func released(own []*core.PersistentVolume, claims []*core.PersistentVolumeClaim) []*core.PersistentVolume {
	alive := map[types.UID]bool{}
	for _, one := range claims {
		alive[one.UID] = true
	}
	var found []*core.PersistentVolume
	for _, one := range own {
		gone := one.Status.Phase == core.VolumeReleased || one.Status.Phase == core.VolumeFailed
		due := gone && one.Spec.PersistentVolumeReclaimPolicy == core.PersistentVolumeReclaimDelete &&
			one.Spec.ClaimRef != nil && !alive[one.Spec.ClaimRef.UID]
		if due {
			found = append(found, one)
		}
	}
	return found
}

// room is what may still be promised of a disk; *taken* is what each volume already holds.
func room(total, free int64, own []*core.PersistentVolume, taken map[string]int64) int64 {
	left := free - total/kept
	for _, one := range own {
		promised := one.Spec.Capacity.Storage().Value()
		left -= max(promised-taken[one.Name], 0)
	}
	return left
}

// made is the volume for *claim*: bound to it from the start, and to the node.
func made(claim *core.PersistentVolumeClaim, node, directory string) *core.PersistentVolume {
	name := nameOf(claim)
	return &core.PersistentVolume{
		ObjectMeta: meta.ObjectMeta{Name: name, Annotations: map[string]string{providedBy: Driver}},
		Spec: core.PersistentVolumeSpec{
			StorageClassName:              *claim.Spec.StorageClassName,
			PersistentVolumeReclaimPolicy: core.PersistentVolumeReclaimDelete,
			AccessModes:                   claim.Spec.AccessModes,
			VolumeMode:                    claim.Spec.VolumeMode,
			Capacity: core.ResourceList{
				core.ResourceStorage: *claim.Spec.Resources.Requests.Storage(),
			},
			ClaimRef: &core.ObjectReference{
				APIVersion: "v1", Kind: "PersistentVolumeClaim",
				Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID,
			},
			PersistentVolumeSource: core.PersistentVolumeSource{
				Local: &core.LocalVolumeSource{Path: filepath.Join(directory, name)},
			},
			NodeAffinity: &core.VolumeNodeAffinity{Required: &core.NodeSelector{
				NodeSelectorTerms: []core.NodeSelectorTerm{{
					MatchExpressions: []core.NodeSelectorRequirement{{
						Key: core.LabelHostname, Operator: core.NodeSelectorOpIn, Values: []string{node},
					}},
				}},
			}},
		},
	}
}

// disk tells the bytes of the disk under *path*, and those that are free.
func disk(path string) (total, free int64, err error) {
	var found syscall.Statfs_t
	if err := syscall.Statfs(path, &found); err != nil {
		return 0, 0, err
	}
	block := int64(found.Bsize)
	return int64(found.Blocks) * block, int64(found.Bavail) * block, nil
}

func onDisk(info os.FileInfo) int64 {
	if found, ok := info.Sys().(*syscall.Stat_t); ok {
		return found.Blocks * statBlockBytes
	}
	return info.Size()
}
